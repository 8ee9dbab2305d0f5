import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import type { App, Waba } from '../model.ts';
import {
  appUninstalled,
  deleteAccount,
  endPartnership,
  partnerRemoved,
  suspend,
} from '../onboarding/account-events.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';
import { appOf, type Body, bodyOf, ControlError, numberOf, optionalNumber, optionalText, wabaOf } from './input.ts';
import { tellUnlessQuiet } from './telling.ts';

/** What is told, if anything is, and what follows from it once it is on its way. */
type AccountEvent = { update?: AccountUpdate; apply?: () => void };
type ReadEvent = (sandbox: GraphSandbox, waba: Waba, body: Body) => AccountEvent;

/** What becomes of an account at Meta (onboarding: account events). */
export function registerAccountEventControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  server.post('/control/graph/wabas/:wabaId/events', async (request) => {
    const waba = wabaOf(world, (request.params as Body).wabaId);
    const body = bodyOf(request.body);
    const name = String(body.event);
    const read = Object.hasOwn(events, name) ? events[name] : undefined;
    if (read === undefined) throw new ControlError(400, `event must be one of ${Object.keys(events).join(', ')}`);
    const { update, apply } = read(sandbox, waba, body);
    // The deliveries have their receivers before the effect takes those away.
    const telling = tellUnlessQuiet(sandbox, waba, update, body);
    apply?.();
    world.core.bus.emit({ kind: 'graph.waba' });
    return { event: name, ...(await telling) };
  });
}

const events: Record<string, ReadEvent> = {
  PARTNER_REMOVED: ({ world }, waba, body) => {
    const app = partnerOf(world, waba, body);
    const { form = 'account', token = 'unshared' } = body;
    if (form !== 'account' && form !== 'partner') throw new ControlError(400, 'form must be account or partner');
    if (token !== 'unshared' && token !== 'invalid') throw new ControlError(400, 'token must be unshared or invalid');
    const given = optionalText(body, 'phoneNumberId');
    const onApp = waba.numbers.find(({ isOnBizApp }) => isOnBizApp) ?? waba.numbers[0];
    const update = partnerRemoved(waba, {
      ...{ form, token, app },
      number: given === undefined ? onApp : numberOf(world, given),
      reason: optionalText(body, 'reason') ?? 'ACCOUNT_DISCONNECTED',
      initiatedBy: optionalText(body, 'initiatedBy') ?? 'USER',
      withInfo: body.withInfo !== false,
    });
    return { update, apply: () => endPartnership(world, waba, app, token) };
  },
  PARTNER_APP_UNINSTALLED: ({ world }, waba, body) => {
    const app = partnerOf(world, waba, body);
    return { update: appUninstalled(waba, app), apply: () => endPartnership(world, waba, app, 'uninstalled') };
  },
  ACCOUNT_OFFBOARDED: (_sandbox, waba) => ({ update: only('ACCOUNT_OFFBOARDED'), apply: () => suspend(waba, true) }),
  ACCOUNT_RECONNECTED: (_sandbox, waba) => ({ update: only('ACCOUNT_RECONNECTED'), apply: () => suspend(waba, false) }),
  ACCOUNT_DELETED: (sandbox, waba) => ({ update: only('ACCOUNT_DELETED'), apply: () => deleteAccount(sandbox, waba) }),
  ACCOUNT_RESTRICTION: ({ world }, waba, body) => {
    // No event tells of the end of one.
    if (body.restrictionType === null) return { apply: () => lift(waba) };
    const type = optionalText(body, 'restrictionType') ?? 'RESTRICTED_BIZ_INITIATED_MESSAGING';
    const untilMs = optionalNumber(body, 'untilMs') ?? world.core.clock.now() + weekMs;
    const expiration = Math.floor(untilMs / 1_000);
    const update = only('ACCOUNT_RESTRICTION', { restriction_info: [{ restriction_type: type, expiration }] });
    return { update, apply: () => waba.restrictions.push({ type, untilMs }) };
  },
  ACCOUNT_VIOLATION: (_sandbox, _waba, body) => {
    const type = optionalText(body, 'violationType') ?? 'SCAM';
    return { update: only('ACCOUNT_VIOLATION', { violation_info: { violation_type: type } }) };
  },
  DISABLED_UPDATE: ({ world }, waba, body) => {
    const state = optionalText(body, 'state') ?? 'DISABLE';
    const ban = { waba_ban_state: state, waba_ban_date: readableDate(world.core.clock.now()) };
    const update = only('DISABLED_UPDATE', { ban_info: ban });
    if (state === 'DISABLE' || state === 'REINSTATE') return { update, apply: () => setBan(waba, state === 'DISABLE') };
    if (state === 'SCHEDULE_FOR_DISABLE') return { update };
    throw new ControlError(400, 'state must be DISABLE, REINSTATE or SCHEDULE_FOR_DISABLE');
  },
};

const weekMs = 7 * 24 * 3_600_000;

const only = (event: string, more: Record<string, unknown> = {}): AccountUpdate => ({
  field: 'account_update',
  value: { event, ...more },
});

function lift(waba: Waba): void {
  waba.restrictions = [];
}

function setBan(waba: Waba, isBanned: boolean): void {
  waba.isBanned = isBanned;
}

/** As Meta writes it: "April 17, 2025". */
const readableDate = (ms: number): string =>
  new Date(ms).toLocaleDateString('en-US', { year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' });

/** The app that the call names, else the one that the account's numbers belong to. */
function partnerOf(world: GraphWorld, waba: Waba, body: Body): App {
  return appOf(world, optionalText(body, 'appId') ?? waba.numbers[0]?.appId);
}
