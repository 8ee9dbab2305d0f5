import { GraphError } from '../errors.ts';
import { looksLikeUserId } from '../ids.ts';
import type { BusinessNumber, Customer } from '../model.ts';
import { normalizeTo } from '../phone.ts';
import { addCustomer, findByPhone, type GraphWorld } from '../world.ts';
import { type Fields, invalid, missing } from './types.ts';

export type Recipient = {
  customer: Customer;
  addressedBy: 'to' | 'recipient';
  /** As the answer repeats it. */
  input: string;
};

/** Whom a message is for. With both given, `to` wins (WhatsApp: BSUID and usernames). @throws GraphError */
export function readRecipient(world: GraphWorld, number: BusinessNumber, body: Fields): Recipient {
  const { to, recipient, recipient_type: recipientType } = body;
  if (recipientType !== undefined && recipientType !== 'individual') {
    throw invalid('recipient_type', 'must be one of {individual} in the sandbox; groups are not emulated');
  }
  if (to !== undefined) {
    if (typeof to !== 'string' || to === '') throw invalid('to', 'must be a non-empty string');
    return { customer: byPhone(world, number, to), addressedBy: 'to', input: to };
  }
  if (recipient === undefined) throw missing('to');
  if (typeof recipient !== 'string' || !looksLikeUserId(recipient)) {
    throw invalid('recipient', 'must be a business-scoped user ID');
  }
  return { customer: byUserId(world, number, recipient), addressedBy: 'recipient', input: recipient };
}

function byPhone(world: GraphWorld, number: BusinessNumber, to: string): Customer {
  const digits = normalizeTo(to, number.callingCode, world.settings.missingPlus);
  if (digits === undefined) throw new GraphError(131009, { details: 'Recipient phone number is not valid.' });
  if (digits === number.digits) throw new GraphError(131021);
  const known = findByPhone(world, digits);
  if (known !== undefined) return known;
  const onWhatsApp = world.settings.unknownRecipient === 'create';
  return addCustomer(world, { phone: digits, name: `+${digits}`, onWhatsApp });
}

/** An id counts only for numbers of the portfolio it was made for, and only until the person changes their phone. */
function byUserId(world: GraphWorld, number: BusinessNumber, userId: string): Customer {
  const { businessId } = number.waba;
  const found = world.customersByUserId.get(userId);
  const refusal = () => new GraphError(131009, { details: 'Recipient business-scoped user ID is not valid.' });
  if (found === undefined) throw refusal();
  const { customer } = found;
  const current = customer.userIds.get(businessId) ?? (customer.userIds.size === 0 ? customer.userId : undefined);
  if (current !== userId) throw refusal();
  return customer;
}

/** `wa_id` may differ from what was dialled; a hidden phone is not told (WhatsApp: request and response). */
export function contactOfAnswer({ customer, addressedBy, input }: Recipient): Fields {
  return addressedBy === 'to' ? { input, wa_id: customer.phone } : { input, user_id: input };
}
