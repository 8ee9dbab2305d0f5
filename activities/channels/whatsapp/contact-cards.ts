import type { ContactCard } from '../../../workflows/domain/message-content.ts';
import { contactCardSchema } from './content-schemas.ts';

/** The cards of a `contacts` message; undefined when there is none. (WhatsApp: contact card) */
export function readContactCards(content: unknown): ContactCard[] | undefined {
  if (!Array.isArray(content)) return undefined;
  const cards = content.flatMap((card: unknown) => readCard(card) ?? []);
  return cards.length === 0 ? undefined : cards;
}

function readCard(value: unknown): ContactCard | undefined {
  const parsed = contactCardSchema.safeParse(value);
  if (!parsed.success) return undefined;
  const { name: parts, org, ...card } = parsed.data;
  const spelled = [parts?.prefix, parts?.first_name, parts?.middle_name, parts?.last_name, parts?.suffix];
  const name = parts?.formatted_name || join(spelled, ' ');
  const organization = join([org?.company, org?.department], ', ');
  return {
    ...(name ? { name } : {}),
    phones: (card.phones ?? []).flatMap(({ phone, wa_id: whatsapp, type }) => {
      const number = phone ?? whatsapp;
      if (number === undefined) return [];
      return [{ number, ...(whatsapp === undefined ? {} : { whatsapp }), ...(type ? { type } : {}) }];
    }),
    emails: (card.emails ?? []).flatMap(({ email }) => email || []),
    ...(organization ? { organization } : {}),
    ...(org?.title ? { title: org.title } : {}),
    addresses: (card.addresses ?? []).flatMap(
      ({ street, city, state, zip, country }) => join([street, city, state, zip, country], ', ') || [],
    ),
    urls: (card.urls ?? []).flatMap(({ url }) => url || []),
    ...(card.birthday ? { birthday: card.birthday } : {}),
    ...(card.vcard ? { vcard: card.vcard } : {}),
  };
}

function join(parts: readonly (string | undefined)[], separator: string): string {
  return parts.filter(Boolean).join(separator);
}
