import {
  giveBackSignupCode,
  readSignupWork,
  type SignupProblem,
  type SignupResult,
  type SignupWork,
  settleSignup,
  storeSignupRefusal,
  storeSignupToken,
  takeSignupCode,
} from '../db/embedded-signups.ts';
import {
  chooseAccount,
  chooseNumber,
  hasFallenBack,
  isUnfinished,
  readSignupMessage,
  type SignupMessage,
} from '../workflows/domain/signup.ts';
import { withHeartbeat } from './attempt.ts';
import type { ChannelSetup, ConnectChannel } from './channels/channel.ts';
import { channelClients, signupClient } from './channels/clients.ts';
import { ChannelError } from './channels/errors.ts';
import type { Dependencies } from './dependencies.ts';
import { inspectToken } from './onboarding-token.ts';
import { describeUnfinished, signupProblem } from './signup-words.ts';

export type EmbeddedSignupActivities = {
  /** Exchanges the code of a sign-up, and lists what its token reaches. `waitMs`: it is to be looked at again then. */
  settleEmbeddedSignup: (input: { signupId: string }) => Promise<{ waitMs?: number }>;
};

export function createEmbeddedSignupActivities(dependencies: Dependencies): EmbeddedSignupActivities {
  const { db, waits } = dependencies;
  return {
    settleEmbeddedSignup: ({ signupId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const work = await readSignupWork(db, signupId);
        if (!work || work.state === 'used') return {};
        const write = async (settled: Settled | undefined) =>
          (await settleSignup(db, signupId, settled, work)) ? {} : { waitMs: 0 };
        try {
          return await write(await settle(dependencies, signupId, work));
        } catch (error) {
          if (!(error instanceof ChannelError)) throw error;
          if (error.isPassing) return { waitMs: error.retryAfterMs ?? waits.retryFirstMs };
          return write(failed(signupProblem('account-not-shown')));
        }
      }),
  };
}

type Settled = { state: 'ready' | 'failed'; result: SignupResult };

const NOTHING = { accounts: [], numbers: [], wabaId: null, phoneNumberId: null };
const failed = (problem: SignupProblem): Settled => ({ state: 'failed', result: { ...NOTHING, problem } });

/** Undefined: there is nothing to do yet. */
async function settle(dependencies: Dependencies, signupId: string, work: SignupWork): Promise<Settled | undefined> {
  const { finish } = work;
  const message = finish === null ? undefined : readSignupMessage(finish.event, finish.data);
  if (work.codeMsAgo === null) {
    return message && isUnfinished(message) ? failed(describeUnfinished(work.road, message)) : undefined;
  }
  const token = await tokenOf(dependencies, signupId, work, work.codeMsAgo);
  return typeof token === 'string' ? lookAt(dependencies, work, token, message) : failed(token.problem);
}

async function tokenOf(
  { db, secrets, send, channels, waits }: Dependencies,
  signupId: string,
  { appId, appSecret, code, accessToken, result }: SignupWork,
  codeMsAgo: number,
): Promise<string | { problem: SignupProblem }> {
  if (accessToken !== null) return secrets.open(accessToken);
  // It was taken out before: by a call that was refused, or of whose outcome nobody heard.
  if (code === null) return { problem: result?.problem ?? signupProblem('code-used') };
  if (codeMsAgo > waits.signupCodeMs) return { problem: signupProblem('code-too-old') };
  if (!(await takeSignupCode(db, signupId))) return { problem: signupProblem('code-used') };
  const { url: apiUrl, version: apiVersion = '' } = channels[signupClient.provider];
  try {
    const app = { apiUrl, apiVersion, appId, appSecret: secrets.open(appSecret) };
    const token = await signupClient.exchangeCode({ ...app, code: secrets.open(code) }, send);
    const tokenExpiresAt = token.lifeMs === undefined ? null : new Date(Date.now() + token.lifeMs);
    await storeSignupToken(db, signupId, { accessToken: secrets.seal(token.accessToken), tokenExpiresAt });
    return token.accessToken;
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (error.isPassing) {
      // Meta has not taken it: it is good until it is too old.
      await giveBackSignupCode(db, signupId, code);
      throw error;
    }
    const problem = signupProblem(refusalOf(error));
    await storeSignupRefusal(db, signupId, failed(problem).result);
    return { problem };
  }
}

function refusalOf({ setupRefusal, kind }: ChannelError): string {
  if (setupRefusal === 'app-refused') return 'app-refused';
  return kind === 'outcome-unknown' ? 'code-unanswered' : 'code-used';
}

async function lookAt(
  dependencies: Dependencies,
  { appId, appSecret, road }: SignupWork,
  accessToken: string,
  message: SignupMessage | undefined,
): Promise<Settled> {
  const app = { appId, appSecret: dependencies.secrets.open(appSecret) };
  const { facts, findings } = await inspectToken(open(dependencies, { ...app, accessToken }, ''), {
    appId,
    nowMs: Date.now(),
  });
  const refusal = findings.find(({ outcome }) => outcome === 'failed');
  if (refusal) return failed(signupProblem(refusal.code));
  const accountIds = facts?.accountIds ?? [];
  const chosen = chooseAccount(message, accountIds);
  if (chosen === 'not-granted') return failed(signupProblem('account-not-granted'));
  const { wabaId } = chosen;
  const setup = open(dependencies, { ...app, accessToken }, wabaId ?? '');
  const accounts = await setup.readAccounts([...new Set([...(wabaId === null ? [] : [wabaId]), ...accountIds])]);
  const numbers = wabaId === null ? [] : await setup.listNumbers();
  const phoneNumberId = chooseNumber(road, message, numbers);
  const isOther = hasFallenBack(road, message, numbers);
  const problem = isOther
    ? signupProblem('fell-back')
    : wabaId !== null && numbers.length === 0
      ? signupProblem('no-number')
      : null;
  return { state: 'ready', result: { accounts, numbers, wabaId, phoneNumberId, problem } };
}

function open(
  { send, files, channels }: Dependencies,
  credentials: { appId: string; appSecret: string; accessToken: string },
  accountId: string,
): ChannelSetup {
  const { url: apiUrl, version } = channels[signupClient.provider];
  const connect: ConnectChannel = channelClients[signupClient.provider];
  const api = { apiUrl, ...(version === undefined ? {} : { apiVersion: version }) };
  const { setup } = connect({ ...api, ...credentials, accountId, numberId: '' }, { send, files });
  if (!setup) throw new Error('the provider of sign-ups sets up no numbers');
  return setup;
}
