/**
 * model/rank/feature-names: the places of the features that other files need to know.
 *
 * In: nothing.
 * Out: the number of features and a few places among them.
 * Invariant: places are part of the model image's meaning; changing them changes its version.
 */
export const FEATURES = 56
export const FEATURE_LOG_MASS = 2
export const FEATURE_LOG_RANK = 4
