/**
 * Who is on the other end. WhatsApp knows a person by a business-scoped user id (BSUID), within linked portfolios by a
 * parent id, and by a phone that may be hidden; the id changes when the phone changes, the phone survives a renamed
 * user. So a customer is looked up by each of them, strongest first, and every alias that was met is kept.
 * (WhatsApp: BSUID and usernames)
 */
import { canonicalPhone } from './phone.ts';

export const IDENTITY_KINDS = ['bsuid', 'parent-bsuid', 'phone', 'igsid'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/**
 * `value` is in normal form: ids as the network gave them, phones as canonical digits without "+". `address` is the
 * network's own spelling where it is another one.
 */
export type Identity = { kind: IdentityKind; value: string; address?: string };

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
  if (sender.phone !== undefined) {
    const value = canonicalPhone(sender.phone);
    identities.push({ kind: 'phone', value, ...(value === sender.phone ? {} : { address: sender.phone }) });
  }
  return identities.filter(({ value }) => value !== '');
}

/** How one item names a person: by what they are known from now on, and by what they were known until then. */
export type Naming = { identities: Identity[]; former: Identity[] };

/** `changedTo`: the item is the network's notice that the person who was `customer` has these ids now. */
export function namingOf(customer: Sender, changedTo?: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'>): Naming {
  const next = changedTo ? identitiesOf(changedTo) : [];
  return next.length === 0
    ? { identities: identitiesOf(customer), former: [] }
    : { identities: next, former: identitiesOf(customer) };
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

/** The same from what is stored, by kind, the newest knowledge first. */
export function recipientOf(addresses: readonly { kind: string; value: string }[]): Recipient | undefined {
  const value = (kind: IdentityKind) => addresses.find((address) => address.kind === kind)?.value;
  const known: Pick<Sender, 'phone' | 'bsuid' | 'parentBsuid'> = {};
  const [phone, bsuid, parentBsuid] = [value('phone'), value('bsuid'), value('parent-bsuid')];
  if (phone !== undefined) known.phone = phone;
  if (bsuid !== undefined) known.bsuid = bsuid;
  if (parentBsuid !== undefined) known.parentBsuid = parentBsuid;
  return chooseRecipient(known);
}

/**
 * Why two customers may be one person. `user-id`: the network's own ids name both; they are never given to anybody
 * else. `phone`: both have had this phone, which may have got a new owner. `phone-moved`: it has, and went over.
 */
export const LINK_EVIDENCE = ['user-id', 'phone', 'phone-moved'] as const;
export type LinkEvidence = (typeof LINK_EVIDENCE)[number];

/** What is known of one of the two; `userIds` are those in use now, of whoever is linked with this customer too. */
export type LinkSide = {
  customerId: string;
  createdAtMs: number;
  /** In Planfix, and since when. */
  contact: { number: number; sinceMs: number } | undefined;
  userIds: readonly { scope: string; value: string }[];
};

export type LinkDecision =
  | { kind: 'same' }
  /** `twoContacts`: they are two contacts in Planfix, which only a person can merge. */
  | { kind: 'link'; stays: string; absorbed: string; twoContacts: boolean }
  /** Two people, or two accounts of one: nothing written to the one may reach the other. */
  | { kind: 'conflict' };

/**
 * A person has one user id in a portfolio, so two customers with different ones in the same are two accounts, whatever
 * phone they share. The older Planfix contact stays, because tasks carry it; else the older customer.
 */
export function decideLink(first: LinkSide, second: LinkSide, evidence: LinkEvidence): LinkDecision {
  if (first.customerId === second.customerId) return { kind: 'same' };
  if (evidence === 'phone-moved') return { kind: 'conflict' };
  if (evidence === 'phone' && haveDifferentUserIds(first.userIds, second.userIds)) return { kind: 'conflict' };
  const [stays, absorbed] = [first, second].sort(byAge) as [LinkSide, LinkSide];
  const twoContacts = stays.contact !== undefined && absorbed.contact !== undefined;
  return {
    kind: 'link',
    stays: stays.customerId,
    absorbed: absorbed.customerId,
    twoContacts: twoContacts && stays.contact?.number !== absorbed.contact?.number,
  };
}

/** Whether there is a portfolio in which both are known, by different ids. */
export function haveDifferentUserIds(left: LinkSide['userIds'], right: LinkSide['userIds']): boolean {
  return left.some((one) => right.some((other) => one.scope === other.scope && one.value !== other.value));
}

function byAge(left: LinkSide, right: LinkSide): number {
  const since = (side: LinkSide) => side.contact?.sinceMs ?? Number.MAX_SAFE_INTEGER;
  return (
    since(left) - since(right) || left.createdAtMs - right.createdAtMs || (left.customerId < right.customerId ? -1 : 1)
  );
}
