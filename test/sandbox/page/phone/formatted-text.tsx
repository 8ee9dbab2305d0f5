import type { ReactNode } from 'react';

export const FormattedText = ({ text }: { text: string }) => <span className="bubble-text">{formatted(text)}</span>;

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
