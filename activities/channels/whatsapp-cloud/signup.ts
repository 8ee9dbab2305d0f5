/** Embedded Signup, server side: a code of the browser's pop-up becomes a token. (onboarding: A.4) */
import { z } from 'zod';
import type { Http } from '../channel.ts';
import { parseAnswer } from '../whatsapp/answers.ts';
import { apiCaller } from '../whatsapp/api-calls.ts';
import { naming, SIGNUP_REFUSALS } from './setup-refusals.ts';

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional().catch(undefined),
});

export type CodeExchange = { apiUrl: string; apiVersion: string; appId: string; appSecret: string; code: string };

/** A code is good for one call. `lifeMs` undefined: for ever, or not said. Throws ChannelError. */
export async function exchangeCode(
  { apiUrl, apiVersion, appId, appSecret, code }: CodeExchange,
  send: Http,
): Promise<{ accessToken: string; lifeMs?: number }> {
  const call = apiCaller({ url: `${apiUrl}/${apiVersion}`, headers: {} }, send, {});
  const query = new URLSearchParams({ client_id: appId, client_secret: appSecret, code });
  const exchanging = call({ method: 'GET', path: `/oauth/access_token?${query}`, kind: 'send' });
  const response = await exchanging.catch(naming(SIGNUP_REFUSALS));
  const { access_token: accessToken, expires_in: lifeS } = parseAnswer(tokenSchema, response, 'send');
  return { accessToken, ...(lifeS === undefined ? {} : { lifeMs: lifeS * 1_000 }) };
}
