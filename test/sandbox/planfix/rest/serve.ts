import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { defer, settlePending } from '../accounts.ts';
import { failureBody, PlanfixFailure } from '../failure.ts';
import { checkQuota, checkToken, quotaAnswer, rateAnswer } from '../gate.ts';
import { limitRate } from '../meter.ts';
import type { Account, Answer, Call, ReceivedFile } from '../model.ts';
import { parseBody } from './parse-body.ts';
import type { Incoming } from './receive-file.ts';
import type { RestRoute } from './routes.ts';

/** The parts of a fault rule that concern what Planfix itself answers. */
export type PlanfixFault = { kind: string; field?: unknown; contentType?: unknown };

/** `text` is the raw one: Planfix reads JSON whatever the content type says. */
type RestRequest = Omit<Incoming, 'account'> & {
  authorization: string | undefined;
  params: Record<string, string>;
  origin: string;
};

const tooLargePage =
  '<html><head><title>413 Request Entity Too Large</title></head><body><h1>413 Request Entity Too Large</h1></body></html>';

/**
 * Answers one call: token, rate, quota, the file that comes with it, then the method. Everything the method does happens
 * in one turn of the event loop, so a fault that strikes before or after finds the effect whole or absent.
 */
export async function serveCall(
  account: Account,
  route: RestRoute,
  request: RestRequest,
  fault: PlanfixFault | undefined,
): Promise<Answer> {
  try {
    checkToken(account, route.method, request.authorization, request.query.access_token, route.scope);
    const refusal = await passGate(account, fault);
    if (refusal !== undefined) return refusal;
    const received = await route.receive?.({ account, ...request });
    settlePending(account);
    return perform(account, route, { ...request, received }, fault);
  } catch (error) {
    return failureAnswer(error);
  }
}

async function passGate(account: Account, fault: PlanfixFault | undefined): Promise<Answer | undefined> {
  if (fault?.kind === 'quota-200') return quotaAnswer(account, '200');
  if (fault?.kind === 'quota-403') return quotaAnswer(account, '403');
  if (fault?.kind === 'throttle') return rateAnswer(account);
  const wait = limitRate(account.meter, account.settings, performance.now());
  if (wait === 'refused') return rateAnswer(account);
  if (wait > 0) await delay(wait);
  return checkQuota(account);
}

function perform(
  account: Account,
  route: RestRoute,
  request: RestRequest & { received: ReceivedFile | undefined },
  fault: PlanfixFault | undefined,
): Answer {
  const body = parseBody(request.text, route.path.endsWith('/list') ? 500 : 400);
  const call: Call = {
    account,
    params: request.params,
    query: request.query,
    body,
    received: request.received,
    origin: request.origin,
    refuse: {
      owner: account.settings.ownerContactRefused || fault?.kind === 'refuse-owner',
      assigner: account.settings.assignerContactRefused || fault?.kind === 'refuse-assigner',
      status: fault?.kind === 'refuse-status',
    },
  };
  if (fault?.kind === 'locked-202' && route.effect === 'update') return queueUpdate(route, call);
  if (fault?.kind === 'failures' && route.effect !== 'none') return performInPart(route, call, fault);
  return route.handle(call);
}

/** The object is locked by a parallel change: an empty 202 now, the update later. */
function queueUpdate(route: RestRoute, call: Call): Answer {
  const { account } = call;
  defer(account, account.settings.lockedUpdateAppliesAfterMs, () => {
    try {
      route.handle(call);
    } catch (error) {
      // The answer is long gone: a refusal of a queued update is lost, as it would be there.
      if (!(error instanceof PlanfixFailure)) throw error;
    }
  });
  return { status: 202 };
}

/** Part of the request is refused: an update says so in `failures`, a create says nothing. */
function performInPart(route: RestRoute, call: Call, fault: PlanfixFault): Answer {
  const field = String(fault.field ?? Object.keys(call.body)[0] ?? '');
  const answer = route.handle({ ...call, body: without(call.body, field) });
  if (route.effect === 'create') return answer;
  const failures = [{ field, error: `Field ${field} can not be changed` }];
  return { ...answer, body: { ...(typeof answer.body === 'object' ? answer.body : {}), failures } };
}

/** Leaves out a named field, or the custom field of that number. */
function without(body: Record<string, unknown>, field: string): Record<string, unknown> {
  const { [field]: _left, ...rest } = body;
  if (!/^\d+$/.test(field) || !Array.isArray(rest.customFieldData)) return rest;
  const customFieldData = rest.customFieldData.filter((item) => String(item?.field?.id) !== field);
  return { ...rest, customFieldData };
}

function failureAnswer(error: unknown): Answer {
  if (!(error instanceof PlanfixFailure)) throw error;
  if (error.status === 413) return { status: 413, body: tooLargePage };
  return { status: error.status, body: failureBody(error.code, error.message) };
}
