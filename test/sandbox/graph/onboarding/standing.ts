import { GraphError } from '../errors.ts';
import type { Failure } from '../messages/types.ts';
import type { BusinessNumber, Waba } from '../model.ts';
import type { GraphWorld } from '../world.ts';
import { isOnPlatform } from './registration.ts';

export const healthEntities = ['PHONE_NUMBER', 'WABA', 'BUSINESS', 'APP'] as const;

/** Something in the way of sending, as `health_status` tells it. */
export type HealthIssue = {
  entity: (typeof healthEntities)[number];
  code: number;
  description: string;
  solution: string;
  state: 'LIMITED' | 'BLOCKED';
};

/** No payment method (onboarding: reading a number's health). */
const noPayment: HealthIssue = {
  entity: 'WABA',
  code: 141_006,
  description: 'There is an error with the payment method. This prevents business initiated conversations.',
  solution: 'There was an error with your payment method. Please add a new payment method to the account.',
  state: 'LIMITED',
};

/** What keeps templates, and what keeps all else, from being sent. */
const messagingKinds = ['RESTRICTED_BIZ_INITIATED_MESSAGING', 'RESTRICTED_CUSTOMER_INITIATED_MESSAGING'] as const;

const ranks = ['AVAILABLE', 'LIMITED', 'BLOCKED'];

/** `health_status` of a number: each part that a message depends on, and the worst of them. */
export function healthOf(world: GraphWorld, number: BusinessNumber) {
  const { waba } = number;
  const limits = messagingKinds.filter((kind) => isRestricted(world, waba, kind));
  const issues = [...number.health, ...(number.hasPayment ? [] : [noPayment])];
  const stopped = { PHONE_NUMBER: !isSending(number), WABA: waba.isBanned, BUSINESS: false, APP: false };
  const ids = { PHONE_NUMBER: number.phoneNumberId, WABA: waba.wabaId, BUSINESS: waba.businessId, APP: number.appId };
  const entities = healthEntities.map((entity) => {
    const own = issues.filter((issue) => issue.entity === entity);
    const isLimited = entity === 'WABA' && limits.length > 0;
    const base = stopped[entity] ? 'BLOCKED' : isLimited ? 'LIMITED' : 'AVAILABLE';
    const state = worstOf([base, ...own.map((issue) => issue.state)]);
    const errors = own.map(({ code, description, solution }) => ({
      error_code: code,
      error_description: description,
      possible_solution: solution,
    }));
    return {
      entity_type: entity,
      id: ids[entity],
      can_send_message: state,
      ...(isLimited ? { additional_info: limits.map((kind) => `The account is restricted: ${kind}`) } : {}),
      ...(errors.length === 0 ? {} : { errors }),
    };
  });
  return { can_send_message: worstOf(entities.map((entity) => entity.can_send_message)), entities };
}

const worstOf = (states: string[]): string => ranks[Math.max(...states.map((state) => ranks.indexOf(state)))] ?? '';

const isSending = (number: BusinessNumber): boolean =>
  number.status === 'CONNECTED' && isOnPlatform(number) && !number.isSuspended;

/** Why the number cannot send at all. @throws GraphError 133010, 131031, 131037, 368 */
export function checkMaySend(world: GraphWorld, number: BusinessNumber, type: string): void {
  if (!isOnPlatform(number) || number.isSuspended) throw new GraphError(133010);
  if (number.waba.isBanned) throw new GraphError(131031);
  if (number.nameStatus === 'DECLINED') throw new GraphError(131037);
  const [ofTemplates, ofOthers] = messagingKinds;
  const kind = type === 'template' ? ofTemplates : ofOthers;
  if (isRestricted(world, number.waba, kind)) throw new GraphError(368);
}

function isRestricted(world: GraphWorld, { restrictions }: Waba, kind: string): boolean {
  const nowMs = world.core.clock.now();
  return restrictions.some(({ type, untilMs }) => type === kind && (untilMs === undefined || untilMs > nowMs));
}

/** Meta notices after the 200 that nobody would pay. */
export const paymentFailure = ({ hasPayment }: BusinessNumber): Failure | undefined =>
  hasPayment ? undefined : { code: 131_042 };
