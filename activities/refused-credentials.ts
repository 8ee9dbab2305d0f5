import type { ChannelClient } from './channels/channel.ts';
import { ChannelError } from './channels/errors.ts';

type WithCredentials = { client: ChannelClient; access: { wabaId: string; appSecret: Buffer | null } };

/**
 * Whether a failed look at a number means that the network does not take the credentials any more. A number that is not
 * shown is not enough, since the question may have been a wrong one; nor is a policy, a payment or a missing right, which
 * pass. Then the token is asked about.
 */
export async function isRefused({ access, client }: WithCredentials, error: ChannelError): Promise<boolean> {
  if (error.credentialsDead) return true;
  const isDoubtful = error.kind === 'invalid-request' || error.kind === 'credentials-rejected';
  if (!isDoubtful || !client.setup) return false;
  try {
    const { isValid, isUnbounded, accountIds } = await client.setup.readToken();
    return !isValid || !(isUnbounded || accountIds.includes(access.wabaId));
  } catch (failure) {
    if (!(failure instanceof ChannelError)) throw failure;
    // Asked in the name of the app, a refusal is of the app's secret.
    return failure.credentialsDead === true && access.appSecret === null;
  }
}

/** Tries the credentials with the cheapest call there is. True: they are refused; not to be reached says nothing. */
export async function tryCredentials(connection: WithCredentials): Promise<boolean> {
  try {
    await connection.client.readNumber();
    return false;
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return isRefused(connection, error);
  }
}
