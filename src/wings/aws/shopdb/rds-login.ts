/**
 * aws/shopdb/rds-login: what a connection to RDS proves itself with.
 *
 * In: an IAM user of the database, or a secret that holds a name and a password.
 * Out: name and password for one connection.
 * Invariant: a token lives for a quarter of an hour and a secret may be changed at any time, so neither is kept.
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { Signer } from '@aws-sdk/rds-signer'
import { isObject } from '../../../std/object.ts'
import { clientSettings, type AwsAccess } from '../access.ts'
import { repeated, serviceFault } from '../calls.ts'

export type RdsLogin =
  /** A user with the role `rds_iam`; its token is signed here, without a call. */
  | { readonly iamUser: string }
  /** ARN or name of a secret in the form RDS itself keeps: {"username", "password"}. */
  | { readonly secretId: string }

export interface LoginName {
  readonly user: string
  readonly password: string
}

export type LogIn = (place: { readonly host: string; readonly port: number }) => Promise<LoginName>

export function openRdsLogin(access: AwsAccess, login: RdsLogin): LogIn {
  if ('iamUser' in login) {
    const { region, credentials } = access
    return async ({ host, port }) => {
      const signer = new Signer({ hostname: host, port, username: login.iamUser, region, credentials })
      try {
        return { user: login.iamUser, password: await signer.getAuthToken() }
      } catch (fault) {
        throw serviceFault(`token for the database user "${login.iamUser}"`, fault)
      }
    }
  }
  const client = new SecretsManagerClient(clientSettings(access))
  return () => readSecret(access, client, login.secretId)
}

async function readSecret(access: AwsAccess, client: SecretsManagerClient, SecretId: string): Promise<LoginName> {
  try {
    const { SecretString = '' } = await repeated(access, () => client.send(new GetSecretValueCommand({ SecretId })))
    return loginIn(SecretString)
  } catch (fault) {
    throw serviceFault(`secret "${SecretId}"`, fault)
  }
}

function loginIn(text: string): LoginName {
  const secret: unknown = JSON.parse(text)
  if (isObject(secret) && typeof secret['username'] === 'string' && typeof secret['password'] === 'string') {
    return { user: secret['username'], password: secret['password'] }
  }
  throw new Error('a secret without username and password')
}
