import type { Callback } from '../model.ts';

const verifyTimeoutMs = 10_000;

/** Passed when the answer is 200 and exactly the challenge. Without a token to present, nothing is asked. */
export async function verifyCallback(
  callback: Callback,
  verifyToken: string | undefined,
  get: (url: string, timeoutMs: number) => Promise<{ status: number; text: string }>,
): Promise<number> {
  if (verifyToken === undefined) {
    callback.verified = true;
    return 200;
  }
  const challenge = String(Math.floor(1e9 + Math.random() * 1e9));
  const url = new URL(callback.url);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', verifyToken);
  try {
    const { status, text } = await get(url.href, verifyTimeoutMs);
    callback.verified = status === 200 && text === challenge;
    return status;
  } catch {
    callback.verified = false;
    return 0;
  }
}
