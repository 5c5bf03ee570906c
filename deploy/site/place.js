/**
 * page/place: the page behind CloudFront.
 *
 * In: the key, once, behind the page's address: `#key=hem_…`. No server and no log sees that part of an address.
 * Out: the key, for as long as the tab is open, and that functions answer.
 * Invariant: the key stands in no file and does not stay in the address.
 */
const NAME = 'hemline.key'
const given = /^#key=([\w-]+)$/.exec(location.hash)?.[1]
if (given !== undefined) {
  sessionStorage.setItem(NAME, given)
  history.replaceState(null, '', location.pathname)
}

export const KEY = sessionStorage.getItem(NAME) ?? ''
export const IS_ONE_MACHINE = false
