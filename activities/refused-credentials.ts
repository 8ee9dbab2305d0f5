import type { ChannelConnection } from './channel-connection.ts';
import { ChannelError } from './channels/errors.ts';

/**
 * Whether a failed look at a number means that the network does not take the credentials any more. A number that is not
 * shown is not enough, since the question may have been a wrong one: then the token is asked about.
 */
export async function isRefused({ access, client }: ChannelConnection, error: ChannelError): Promise<boolean> {
  if (error.kind === 'credentials-rejected') return true;
  if (error.kind !== 'invalid-request' || !client.setup) return false;
  try {
    const token = await client.setup.readToken();
    return !token.isValid || !token.accountIds.includes(access.wabaId);
  } catch (failure) {
    if (!(failure instanceof ChannelError)) throw failure;
    return failure.kind === 'credentials-rejected';
  }
}

/** Tries the credentials with the cheapest call there is. True: they are refused; not to be reached says nothing. */
export async function tryCredentials(connection: ChannelConnection): Promise<boolean> {
  try {
    await connection.client.readNumber();
    return false;
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return isRefused(connection, error);
  }
}
