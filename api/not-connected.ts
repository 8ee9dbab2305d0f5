import { Problem } from './problem-details.ts';

const REMEDIES: Readonly<Record<string, string>> = {
  disconnecting: 'Cancel the disconnection, or send before it ends what is queued (queued-messages)',
  disconnected: 'Connect the number again: its conversations go on',
};

/** Nothing can be sent from this connection, and why. `path`: the field of the request that leads to it. */
export function notConnected(path: string, message: string, state: string): Problem {
  const remedy = REMEDIES[state] ?? 'Wait until the connection is connected; GET /v1/connections shows its state';
  return new Problem('conflict', message, { errors: [{ path, message, remedy }] });
}
