import type { ContactCard, KindDetails, OrderItem } from './message-content.ts';
import { orderTotal, writePrice } from './order-total.ts';
import { excerptOf, shownName } from './shown-text.ts';
import { isWebAddress, remark, type ViewPart } from './view-parts.ts';
import type { ViewWords } from './view-words.ts';

type OwnDetails = Exclude<KindDetails, { type: 'reaction' | 'edit' | 'revoke' }>;
type Of<T extends OwnDetails['type']> = Extract<OwnDetails, { type: T }>;
type Rows = [label: string, value: string][];

/** What only this kind has; `own` is the part with the customer's words, if there are any. */
export function detailParts(
  details: OwnDetails,
  direction: 'inbound' | 'echo',
  words: ViewWords,
  own: readonly ViewPart[],
): ViewPart[] {
  switch (details.type) {
    case 'location':
      return [...locationParts(details, words), ...own];
    case 'contacts':
      return [...contactParts(details, words), ...own];
    case 'choice':
      return choiceParts(details, words, own);
    case 'form':
      return [...formParts(details, words), ...own];
    case 'order':
      return [...orderParts(details, words), ...own];
    case 'call-permission':
      return [remark(words.calls[details.granted ? (details.lasting ? 'lasting' : 'once') : 'refused'])];
    case 'system':
      return systemParts(details, words);
    case 'unsupported':
      return [remark(unsupportedSentence(details, direction, words)), ...own];
  }
}

function table(rows: Rows): ViewPart[] {
  return rows.length === 0 ? [] : [{ kind: 'table', rows }];
}

function locationParts({ latitude, longitude, name, address, url }: Of<'location'>, words: ViewWords): ViewPart[] {
  const place = [shownName(name), shownName(address)].filter(Boolean).join(', ');
  return [
    remark(words.place),
    {
      kind: 'link',
      href: `https://maps.google.com/?q=${latitude},${longitude}`,
      text: place || `${latitude}, ${longitude}`,
    },
    ...(isWebAddress(url) ? [{ kind: 'link' as const, href: url, text: words.website }] : []),
  ];
}

function contactParts({ contacts, asked }: Of<'contacts'>, words: ViewWords): ViewPart[] {
  const cards = contacts.flatMap((card) => {
    const rows = cardRows(card, words);
    return rows.length === 0 ? [remark(words.cardEmpty)] : table(rows);
  });
  return [remark(asked ? words.ownCard : words.cards), ...cards];
}

function cardRows(card: ContactCard, { card: labels }: ViewWords): Rows {
  const rows: [string, string | undefined][] = [
    [labels.name, shownName(card.name)],
    ...card.phones.map(({ number }): [string, string] => [labels.phone, number]),
    ...card.emails.map((email): [string, string] => [labels.email, email]),
    [labels.organization, [card.organization, card.title].filter(Boolean).join(', ')],
    ...card.addresses.map((address): [string, string] => [labels.address, address]),
    ...card.urls.map((url): [string, string] => [labels.url, url]),
    [labels.birthday, card.birthday],
  ];
  return rows.filter((row): row is [string, string] => Boolean(row[1]));
}

function choiceParts({ title, description }: Of<'choice'>, words: ViewWords, own: readonly ViewPart[]): ViewPart[] {
  const chosen: readonly ViewPart[] = own.length > 0 ? own : [{ kind: 'words', text: title }];
  return [remark(words.chosen), ...chosen, ...(description ? [{ kind: 'quote' as const, text: description }] : [])];
}

const ADDRESS = 'address_message';

function formParts({ name, answers, unreadable }: Of<'form'>, words: ViewWords): ViewPart[] {
  if (answers !== undefined && answers.length > 0) {
    return [remark(name === ADDRESS ? words.address : words.form), ...table(answers)];
  }
  if (unreadable === undefined) return [remark(words.formEmpty)];
  return [remark(words.formUnreadable), { kind: 'words', text: unreadable }];
}

function orderParts({ items }: Of<'order'>, words: ViewWords): ViewPart[] {
  const total = orderTotal(items);
  const rows = items.map((item): [string, string] => [item.product, orderCell(item, words)]);
  return [
    remark(words.order),
    ...table(
      total === undefined ? rows : [...rows, [words.total, writePrice(total.amount, total.currency, words.decimal)]],
    ),
  ];
}

function orderCell({ quantity, price, currency }: OrderItem, words: ViewWords): string {
  const cost = price === undefined ? undefined : writePrice(price, currency, words.decimal);
  return [quantity ?? '?', cost].filter(Boolean).join(' × ');
}

function systemParts({ event, phone, notice }: Of<'system'>, words: ViewWords): ViewPart[] {
  if (event === 'number-changed' && phone !== undefined) return [remark(words.newNumber(phone))];
  const said = excerptOf(notice);
  return [remark(words.system[event]), ...(said === undefined ? [] : [{ kind: 'quote' as const, text: said }])];
}

/** What it was, as far as the network says, and what can be done to see it. */
function unsupportedSentence(
  { subtype, readable }: Of<'unsupported'>,
  direction: 'inbound' | 'echo',
  words: ViewWords,
): string {
  const remedy = direction === 'echo' || readable === 'in-app' ? words.inApp : words.sendAgain;
  if (subtype === 'edit' && direction === 'inbound') return `${words.unsupportedEdit} ${remedy}`;
  const named = subtype !== undefined && Object.hasOwn(words.unsupportedKinds, subtype);
  const kind = named ? words.unsupportedKinds[subtype] : shownName(subtype?.replaceAll('_', ' '));
  return `${kind === undefined ? words.unsupported : words.unsupportedKind(kind)} ${remedy}`;
}
