/**
 * deploy/keys: the secret from which the shop's API keys and its hash of persons are made.
 *
 * In: names.
 * Out: a secret in Secrets Manager with a seed that CloudFormation makes up and nobody sees.
 * Invariant: it outlives the stack, since a new seed would make new pseudonyms of the same people.
 */
import { aws_secretsmanager as secrets, RemovalPolicy, type Stack } from 'aws-cdk-lib'
import { acknowledge } from './acknowledge.ts'
import type { Buckets } from './key-and-buckets.ts'
import type { Names } from './names.ts'

const SEED_CHARACTERS = 64

export function addKeys(stack: Stack, names: Names, { key }: Buckets): secrets.Secret {
  const secret = new secrets.Secret(stack, 'Keys', {
    secretName: names.keysSecret,
    description: 'Hemline: API keys',
    encryptionKey: key,
    generateSecretString: {
      secretStringTemplate: '{}',
      generateStringKey: 'seed',
      passwordLength: SEED_CHARACTERS,
      excludePunctuation: true,
    },
    removalPolicy: RemovalPolicy.RETAIN,
  })
  acknowledge(secret, { SMG4: 'Web pages carry the public keys; replacing them is a step that a person plans.' })
  return secret
}
