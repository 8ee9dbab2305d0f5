/**
 * Who is on the other end. WhatsApp knows a person by a business-scoped user id (BSUID), within linked portfolios by a
 * parent id, and by a phone that may be hidden; the id changes when the phone changes, the phone survives a renamed
 * user. So a customer is looked up by each of them, strongest first, and every alias that was met is kept.
 * (WhatsApp: BSUID and usernames)
 */
import { canonicalPhone } from './phone.ts';

export const IDENTITY_KINDS = ['bsuid', 'parent-bsuid', 'phone', 'igsid'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** `value` is in normal form: ids as the network gave them, phones as canonical digits without "+". */
export type Identity = { kind: IdentityKind; value: string };

/** What a channel says about a person. `phone` is digits without "+", `username` has no "@". */
export type Sender = {
  phone?: string;
  bsuid?: string;
  parentBsuid?: string;
  name?: string;
  username?: string;
};

/** How a message is addressed: `phone` holds international digits without "+". */
export type Recipient = { kind: 'phone'; phone: string } | { kind: 'bsuid'; bsuid: string };

/** Two-letter country, a dot, up to 128 letters and digits; the parent form has `ENT.` between. */
const BSUID_PATTERN = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

export function isBsuid(value: string): boolean {
  return BSUID_PATTERN.test(value);
}

export function isParentBsuid(value: string): boolean {
  return BSUID_PATTERN.test(value) && value.slice(3, 7) === 'ENT.';
}

/** The identities of a sender, strongest first: look a customer up in this order, then keep all of them. */
export function identitiesOf(sender: Sender): Identity[] {
  const identities: Identity[] = [];
  if (sender.bsuid !== undefined) identities.push({ kind: 'bsuid', value: sender.bsuid });
  if (sender.parentBsuid !== undefined) identities.push({ kind: 'parent-bsuid', value: sender.parentBsuid });
  if (sender.phone !== undefined) identities.push({ kind: 'phone', value: canonicalPhone(sender.phone) });
  return identities;
}

/**
 * Whom to address: the phone where it is known (every message type accepts it), else the BSUID, else the parent id,
 * which works within linked portfolios. Undefined: nobody can be reached by these. Takes the phone as the channel gave
 * it, not the canonical one, because the channel's own form is the one that surely arrives.
 */
export function chooseRecipient(known: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>): Recipient | undefined {
  if (known.phone !== undefined) return { kind: 'phone', phone: known.phone };
  const bsuid = known.bsuid ?? known.parentBsuid;
  return bsuid === undefined ? undefined : { kind: 'bsuid', bsuid };
}
