/**
 * aws/access/key-seed: the seed of the shop's keys, in Secrets Manager.
 *
 * In: a secret that holds {"seed"}.
 * Out: the seed.
 * Invariant: the seed is asked for once by who keeps it, and stands in no message.
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { isObject } from '../../../std/object.ts'
import { clientSettings, type AwsAccess } from '../access.ts'
import { repeated, serviceFault } from '../calls.ts'

/** @throws HEM_AWS_REFUSED, HEM_AWS_UNAVAILABLE */
export async function readKeySeed(access: AwsAccess, secretId: string): Promise<string> {
  const client = new SecretsManagerClient(clientSettings(access))
  try {
    const { SecretString = '' } = await repeated(access, () =>
      client.send(new GetSecretValueCommand({ SecretId: secretId })),
    )
    return seedIn(SecretString)
  } catch (fault) {
    throw serviceFault(`secret "${secretId}"`, fault)
  } finally {
    client.destroy()
  }
}

function seedIn(text: string): string {
  const secret: unknown = JSON.parse(text)
  if (isObject(secret) && typeof secret['seed'] === 'string' && secret['seed'] !== '') return secret['seed']
  throw new Error('a secret without a seed')
}
