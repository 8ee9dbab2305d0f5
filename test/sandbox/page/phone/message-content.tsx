import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ChatAddress } from '../control/chat-calls.ts';
import { asFields, type ChatMessage, type Fields } from '../control/world.ts';
import { EyeIcon, PinIcon, WarningIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';
import { FormattedText } from './formatted-text.tsx';
import { MediaContent } from './media-content.tsx';
import { TemplateContent } from './template-content.tsx';

/** What a message says, by its kind. */
export function MessageContent({ message, chat }: { message: ChatMessage; chat: ChatAddress }) {
  const t = useTexts();
  const { type, text, media, payload } = message;
  if (message.template !== undefined)
    return <TemplateContent message={message} template={message.template} chat={chat} />;
  if (media !== undefined) {
    return (
      <>
        <MediaContent type={type} media={media} />
        {text !== '' && <FormattedText text={text} />}
      </>
    );
  }
  const part = asFields(payload);
  switch (type) {
    case 'text':
      return text === '' ? <i>{t.withoutText}</i> : <FormattedText text={text} />;
    case 'location':
      return <Location place={part} />;
    case 'contacts':
      return <Cards cards={Array.isArray(payload) ? payload.map(asFields) : []} />;
    case 'interactive':
      return <Answer label={t.kinds[String(part.type)] ?? t.withoutText} part={asFields(part[String(part.type)])} />;
    case 'button':
      return <Answer label={t.kinds.button ?? ''} part={{ title: part.text }} />;
    case 'order':
      return <Order order={part} />;
    case 'template':
      return <Template text={text} part={part} />;
    case 'unsupported':
      return <Note icon={<WarningIcon size={16} />} text={t.notPassedOn(String(part.type ?? '?'))} />;
    default:
      if (part.view_once === true) return <Note icon={<EyeIcon size={16} />} text={t.viewOnce} />;
      return <Unknown message={message} />;
  }
}

function Unknown({ message: { type, text, errors } }: { message: ChatMessage }) {
  const t = useTexts();
  const kind = t.kinds[type] ?? type;
  return <Note icon={<WarningIcon size={16} />} text={errors === undefined ? text || kind : t.notPassedOn(kind)} />;
}

function Note({ icon, text }: { icon: ReactNode; text: string }) {
  return (
    <span className="bubble-note">
      {icon}
      <i>{text}</i>
    </span>
  );
}

/** Nothing is fetched for the picture; the map is one click away. */
function Location({ place }: { place: Fields }) {
  const t = useTexts();
  const { latitude, longitude, name, address } = place;
  const point = `${Number(latitude)}/${Number(longitude)}`;
  const href = `https://www.openstreetmap.org/?mlat=${Number(latitude)}&mlon=${Number(longitude)}#map=16/${point}`;
  return (
    <a className="location" href={href} target="_blank" rel="noreferrer">
      <span className="location-map" aria-hidden="true">
        <PinIcon size={30} />
      </span>
      <span className="location-words">
        <Text size="sm" fw={600}>
          {String(name ?? t.kinds.location)}
        </Text>
        {typeof address === 'string' && <Text size="xs">{address}</Text>}
        <Text size="xs" className="link-like">
          {t.openMap}
        </Text>
      </span>
    </a>
  );
}

function Cards({ cards }: { cards: Fields[] }) {
  return cards.map((card) => {
    const name = String(asFields(card.name).formatted_name ?? '?');
    const lines = [...wordsIn(card.phones, 'phone'), ...wordsIn(card.emails, 'email')];
    const { company } = asFields(card.org);
    return (
      <div key={JSON.stringify(card)} className="contact-card">
        <PersonAvatar name={name} size={36} />
        <div>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          {[...lines, ...(typeof company === 'string' ? [company] : [])].map((line) => (
            <Text key={line} size="xs">
              {line}
            </Text>
          ))}
        </div>
      </div>
    );
  });
}

const wordsIn = (list: unknown, key: string): string[] =>
  Array.isArray(list) ? list.map((item) => String(asFields(item)[key] ?? '')) : [];

/** A tap, with what was tapped on. A form shows its answers as they went out. */
function Answer({ label, part }: { label: string; part: Fields }) {
  const { title, description, response_json: json } = part;
  return (
    <>
      <Text size="xs" className="answer-label">
        {label}
      </Text>
      {title !== undefined && <span className="bubble-text">{String(title)}</span>}
      {typeof description === 'string' && <Text size="xs">{description}</Text>}
      {typeof json === 'string' && <code className="raw-json">{json}</code>}
    </>
  );
}

function Order({ order }: { order: Fields }) {
  const t = useTexts();
  const items = Array.isArray(order.product_items) ? order.product_items.map(asFields) : [];
  return (
    <>
      <Text size="xs" className="answer-label">
        {t.kinds.order}
      </Text>
      <ul className="order">
        {items.map((item) => (
          <li key={JSON.stringify(item)}>
            {String(item.quantity)} × {String(item.product_retailer_id)}, {String(item.item_price)}{' '}
            {String(item.currency)}
          </li>
        ))}
      </ul>
      {typeof order.text === 'string' && <FormattedText text={order.text} />}
    </>
  );
}

function Template({ text, part }: { text: string; part: Fields }) {
  const t = useTexts();
  return (
    <>
      <Text size="xs" className="answer-label">
        {t.kinds.template} · {String(part.name)}
      </Text>
      <FormattedText text={text} />
    </>
  );
}
