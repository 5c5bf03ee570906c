/**
 * cli/amazon: loads what needs Amazon's clients, which are for those who use them.
 *
 * In: a module to load, and the packages it needs.
 * Out: the module; or, where the packages are not installed, what to install.
 * Invariant: any other fault of loading is told as it is.
 */
import { HemlineError, messageOf } from '../../std/errors.ts'

export async function loadAmazon<Module>(load: () => Promise<Module>, packages: string): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    if (!/Cannot find package '@aws-sdk\//.test(messageOf(cause))) throw cause
    throw new HemlineError('HEM_CONFIG_INVALID', {
      subject: 'this command',
      expected: "Amazon's clients beside Hemline",
      got: 'none',
      remedy: `npm install ${packages}`,
      cause,
    })
  }
}
