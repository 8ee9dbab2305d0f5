import { Text, UnstyledButton } from '@mantine/core';
import type { ChatMessage } from '../control/world.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/language.tsx';

type QuoteProps = { quoted: ChatMessage | undefined; businessName: string };

/** What a message answers; a click goes there. */
export function Quote({ quoted, businessName }: QuoteProps) {
  const t = useTexts();
  if (quoted === undefined) {
    return (
      <div className="quote">
        <Text size="xs" fs="italic">
          {t.quotedUnknown}
        </Text>
      </div>
    );
  }
  const { media, from } = quoted;
  const goThere = () => document.getElementById(bubbleId(quoted.id))?.scrollIntoView({ block: 'center' });
  return (
    <UnstyledButton className="quote" data-from={from} aria-label={t.goToQuoted} onClick={goThere}>
      <span className="quote-words">
        <Text size="xs" fw={600} className="quote-author" truncate>
          {from === 'customer' ? t.you : businessName}
        </Text>
        <Text size="xs" lineClamp={2}>
          {excerptOf(t, quoted)}
        </Text>
      </span>
      {media?.isKept && /^(image|sticker)$/.test(quoted.type) && <img className="thumbnail" src={media.url} alt="" />}
    </UnstyledButton>
  );
}

export const bubbleId = (wamid: string): string => `message-${wamid}`;

/** A message in a few words: its text, else what kind it is. */
export function excerptOf(t: Texts, { text, type, media, isDeleted }: ChatMessage): string {
  if (isDeleted) return t.deletedMessage;
  if (text !== '') return text;
  if (media?.voice) return t.kinds.voice ?? type;
  return media?.name || (t.kinds[type] ?? type);
}
