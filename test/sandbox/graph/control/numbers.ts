import type { FastifyInstance } from 'fastify';
import { createBucket } from '../buckets.ts';
import type { GraphSandbox } from '../index.ts';
import { isFields } from '../messages/types.ts';
import type { BusinessNumber, Waba } from '../model.ts';
import { createRegistration, isOnPlatform } from '../onboarding/registration.ts';
import { type HealthIssue, healthEntities } from '../onboarding/standing.ts';
import { createSync } from '../onboarding/sync.ts';
import { countryOf, digitsOf } from '../phone.ts';
import { createTraffic } from '../traffic.ts';
import type { AccountUpdate } from '../webhooks/outbox.ts';
import type { GraphWorld } from '../world.ts';
import { putToken, putWaba, readOverrideUrl } from './business.ts';
import { type Body, bodyOf, ControlError, numberOf, optionalNumber, optionalText, requiredText } from './input.ts';
import { showNumber } from './show-number.ts';
import { tellUnlessQuiet } from './telling.ts';

/** Numbers: how they come to be, what becomes of them, what they say of themselves. */
export function registerNumberControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  server.post('/control/graph/numbers', async (request, reply) => {
    const body = bodyOf(request.body);
    const inputs = Array.isArray(body.numbers) ? body.numbers.map(bodyOf) : [body];
    const numbers = inputs.map((input) => putNumber(world, input));
    world.core.bus.emit({ kind: 'graph.numbers', count: numbers.length });
    return reply.code(201).send({ numbers: numbers.map(({ phoneNumberId }) => phoneNumberId) });
  });

  server.get('/control/graph/numbers', async () => ({
    items: [...world.numbers.values()].map((number) => showNumber(world, number)),
  }));

  server.get('/control/graph/numbers/:phoneNumberId', async (request) =>
    showNumber(world, numberOf(world, (request.params as Body).phoneNumberId)),
  );

  /** A number falls from grace, is renamed, or goes to another state. */
  server.post('/control/graph/numbers/:phoneNumberId', async (request) => {
    const number = numberOf(world, (request.params as Body).phoneNumberId);
    const body = bodyOf(request.body);
    const before = { ...number };
    changeNumber(number, body);
    world.core.bus.emit({ kind: 'graph.number', phoneNumberId: number.phoneNumberId });
    const news = [qualityUpdate(before, number), nameUpdate(before, number, body)];
    const told = await Promise.all(news.map((update) => tellUnlessQuiet(sandbox, number.waba, update, body)));
    const statuses = body.wait === true ? { statuses: told.flatMap((one) => one.statuses ?? []) } : {};
    return { ...showNumber(world, number), ...statuses };
  });
}

/** Creates a number, with its account, and makes the token good for it; repeated, it changes both. */
export function putNumber(world: GraphWorld, body: Body): BusinessNumber {
  const phoneNumberId = requiredText(body, 'phoneNumberId');
  const displayPhoneNumber = requiredText(body, 'displayPhoneNumber');
  const appId = requiredText(body, 'appId');
  const kind = readKind(body);
  const waba = putWaba(world, requiredText(body, 'wabaId'), body);
  const digits = digitsOf(displayPhoneNumber);
  if (digits === '') throw new ControlError(400, 'displayPhoneNumber has no digits');
  const known = world.numbers.get(phoneNumberId);
  if (known !== undefined && known.waba !== waba) throw new ControlError(409, 'the number is in another account');
  const number = known ?? newNumber(world, waba, phoneNumberId, appId);
  Object.assign(number, { appId, displayPhoneNumber, digits, callingCode: countryOf(digits).callingCode });
  if (kind !== undefined) Object.assign(number, kinds[kind]);
  changeNumber(number, body);
  const isSubscribed = body.subscribed ?? (kind === undefined || kind === 'registered');
  if (isSubscribed !== false) waba.subscriptions.set(appId, waba.subscriptions.get(appId));
  const accessToken = optionalText(body, 'accessToken');
  if (accessToken !== undefined) putToken(world, { accessToken, appId, wabaIds: [waba.wabaId] });
  return number;
}

const notOnPlatform = { platformType: 'NOT_APPLICABLE', status: 'PENDING' };

/** Where a number can stand before it is connected. */
const kinds = {
  registered: { platformType: 'CLOUD_API', status: 'CONNECTED', codeVerificationStatus: 'VERIFIED' },
  unregistered: { ...notOnPlatform, codeVerificationStatus: 'VERIFIED' },
  unverified: { ...notOnPlatform, codeVerificationStatus: 'NOT_VERIFIED' },
  'business-app': { ...notOnPlatform, codeVerificationStatus: 'NOT_VERIFIED', isOnBizApp: true },
  personal: { ...notOnPlatform, codeVerificationStatus: 'NOT_VERIFIED', isPersonal: true },
};

function readKind(body: Body): keyof typeof kinds | undefined {
  const kind = optionalText(body, 'kind');
  if (kind === undefined) return undefined;
  if (Object.hasOwn(kinds, kind)) return kind as keyof typeof kinds;
  throw new ControlError(400, `kind must be one of ${Object.keys(kinds).join(', ')}`);
}

function newNumber(world: GraphWorld, waba: Waba, phoneNumberId: string, appId: string): BusinessNumber {
  if (world.wabas.has(phoneNumberId)) throw new ControlError(409, 'an account has that id');
  const number: BusinessNumber = {
    phoneNumberId,
    waba,
    displayPhoneNumber: '',
    digits: '',
    callingCode: '',
    verifiedName: 'Acme',
    appId,
    status: 'CONNECTED',
    qualityRating: 'GREEN',
    nameStatus: 'APPROVED',
    platformType: 'CLOUD_API',
    codeVerificationStatus: 'VERIFIED',
    accountMode: 'LIVE',
    throughputLevel: 'STANDARD',
    isOnBizApp: false,
    isPersonal: false,
    isSuspended: false,
    isMuted: false,
    messagingLimit: 'TIER_2K',
    newName: undefined,
    hasPayment: true,
    health: [],
    registration: createRegistration(),
    sync: createSync(),
    onboardedAtMs: world.core.clock.now(),
    override: undefined,
    bucket: createBucket(),
    traffic: createTraffic(),
    chats: new Map(),
  };
  world.numbers.set(phoneNumberId, number);
  waba.numbers.push(number);
  return number;
}

/** The texts of a number that a control call may set, as the Graph API states them. */
const changeable = [
  ...(['verifiedName', 'status', 'qualityRating', 'nameStatus', 'platformType'] as const),
  ...(['codeVerificationStatus', 'accountMode', 'throughputLevel', 'messagingLimit'] as const),
];
/** Switches, by what a call names them. */
const switches = {
  isOnBizApp: 'isOnBizApp',
  isSuspended: 'isSuspended',
  muted: 'isMuted',
  payment: 'hasPayment',
} as const;

function changeNumber(number: BusinessNumber, body: Body): void {
  for (const name of changeable) {
    const value = optionalText(body, name);
    if (value !== undefined) number[name] = value;
  }
  for (const [given, name] of Object.entries(switches)) {
    const value = body[given];
    if (typeof value === 'boolean') number[name] = value;
  }
  const { registration } = number;
  registration.pin = body.pin === null ? undefined : (optionalText(body, 'pin') ?? registration.pin);
  registration.deletedUntilMs = optionalNumber(body, 'deletedUntilMs') ?? registration.deletedUntilMs;
  const override = readOverrideUrl(body);
  if (override !== undefined) number.override = override ?? undefined;
  if (Array.isArray(body.health)) number.health = body.health.map(readIssue);
  // The new name is the name from now on, or is asked for no more.
  if (body.nameStatus !== undefined && number.newName !== undefined) {
    if (number.nameStatus === 'APPROVED') number.verifiedName = number.newName.name;
    number.newName = undefined;
  }
  if (body.onboardedAtMs !== undefined && isOnPlatform(number)) {
    number.onboardedAtMs = optionalNumber(body, 'onboardedAtMs') ?? number.onboardedAtMs;
  }
}

function readIssue(given: unknown): HealthIssue {
  const body = bodyOf(given);
  const entity = healthEntities.find((known) => known === (body.entity ?? 'PHONE_NUMBER'));
  const code = optionalNumber(body, 'code');
  if (!isFields(given) || entity === undefined || code === undefined) {
    throw new ControlError(400, `health needs code, and entity as one of ${healthEntities.join(', ')}`);
  }
  return {
    entity,
    code,
    description: optionalText(body, 'description') ?? `Error ${code}`,
    solution: optionalText(body, 'solution') ?? 'Visit WhatsApp Manager.',
    state: body.state === 'BLOCKED' ? 'BLOCKED' : 'LIMITED',
  };
}

const ratings = ['RED', 'YELLOW', 'GREEN'];

/** The webhook knows falling, rising, more throughput and other limits, not the rating itself (onboarding: account fields). */
function qualityUpdate(before: BusinessNumber, number: BusinessNumber): AccountUpdate | undefined {
  const change = ratings.indexOf(number.qualityRating) - ratings.indexOf(before.qualityRating);
  const isFaster = number.throughputLevel === 'HIGH' && before.throughputLevel !== 'HIGH';
  const isLimited = number.messagingLimit !== before.messagingLimit;
  if (change === 0 && !isFaster && !isLimited) return undefined;
  const event = isLimited ? limitEvent(before, number) : change < 0 ? 'FLAGGED' : 'UNFLAGGED';
  return {
    field: 'phone_number_quality_update',
    value: {
      display_phone_number: number.digits,
      event: isFaster && change === 0 ? 'THROUGHPUT_UPGRADE' : event,
      current_limit: number.messagingLimit,
      ...(isLimited ? { old_limit: before.messagingLimit } : {}),
      max_daily_conversations_per_business: number.messagingLimit,
    },
  };
}

const limits = ['TIER_50', 'TIER_250', 'TIER_1K', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED'];

const limitEvent = (before: BusinessNumber, number: BusinessNumber): string =>
  limits.indexOf(number.messagingLimit) < limits.indexOf(before.messagingLimit) ? 'DOWNGRADE' : 'UPGRADE';

const decisions: Record<string, string> = {
  APPROVED: 'APPROVED',
  AVAILABLE_WITHOUT_REVIEW: 'APPROVED',
  DECLINED: 'REJECTED',
  PENDING_REVIEW: 'PENDING',
};

/** What Meta decided about the name. */
function nameUpdate(before: BusinessNumber, number: BusinessNumber, body: Body): AccountUpdate | undefined {
  const isNew = number.nameStatus !== before.nameStatus || before.newName !== number.newName;
  if (!isNew || body.nameStatus === undefined) return undefined;
  const isRejected = number.nameStatus === 'DECLINED';
  return {
    field: 'phone_number_name_update',
    value: {
      display_phone_number: number.digits,
      decision: decisions[number.nameStatus] ?? 'DEFERRED',
      requested_verified_name: before.newName?.name ?? number.verifiedName,
      rejection_reason: isRejected ? (optionalText(body, 'rejectionReason') ?? 'NAME_FORMAT_UNACCEPTABLE') : null,
    },
  };
}
