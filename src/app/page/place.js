/**
 * page/place: where the page is served from.
 *
 * In: nothing on one machine; a deployment on AWS puts `deploy/site/place.js` in place of this file.
 * Out: the key that the page calls with, and what the server can do for it.
 * Invariant: whatever differs between the two places is here.
 */
export const KEY = 'demo'
/** Whether the server holds a stream of slates open and tells of its stages. Functions do neither. */
export const IS_ONE_MACHINE = true
