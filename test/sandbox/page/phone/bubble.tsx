import type { ReactNode } from 'react';
import type { ChatMessage } from '../control/world.ts';
import { useLanguage } from '../texts/language.tsx';
import { Ticks } from './ticks.tsx';

/** One message as the customer's phone shows it: their own on the right, in green. */
export function Bubble({ message }: { message: ChatMessage }) {
  const { t, language } = useLanguage();
  const time = new Date(message.atMs).toLocaleTimeString(language, {
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
  const failed = message.status === 'failed';
  return (
    <li className="bubble" data-from={message.from} data-failed={failed || undefined}>
      <span className="bubble-text">{message.text === '' ? <i>{t.withoutText}</i> : formatted(message.text)}</span>
      <span className="bubble-meta">
        {failed && <span>{t.status.failed}</span>}
        <time>{time}</time>
        {message.from === 'business' && <Ticks message={message} />}
      </span>
    </li>
  );
}

const markup = /(\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~|https?:\/\/\S+)/;

/** WhatsApp's own marks: *bold*, _italic_, ~struck~, and bare addresses. */
function formatted(text: string): ReactNode[] {
  return text.split(markup).map((part, index) => {
    const key = `${index}`;
    const inner = part.slice(1, -1);
    if (index % 2 === 0) return part;
    if (part.startsWith('*')) return <b key={key}>{inner}</b>;
    if (part.startsWith('_')) return <i key={key}>{inner}</i>;
    if (part.startsWith('~')) return <s key={key}>{inner}</s>;
    return (
      <a key={key} href={part} target="_blank" rel="noreferrer">
        {part}
      </a>
    );
  });
}
