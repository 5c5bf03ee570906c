/**
 * model/rank/feature-names: the places of the features that other files need to know.
 *
 * In: nothing.
 * Out: the number of features and a few places among them.
 * Invariant: places are part of the model image's meaning; changing them changes its version.
 */
/** A multiple of three, since scores are summed three at a time. */
export const FEATURES = 69
export const FEATURE_LOG_MASS = 2
export const FEATURE_LOG_RANK = 4
