import { Paper, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { findQuickReplies } from '../control/client.ts';
import type { QuickReply } from '../control/world.ts';
import { useLanguage } from '../texts/language.tsx';

/** Finds the replies that hold every typed word, in the language of the page. */
export function useQuickReplies(account: string, typed: string | undefined) {
  const { language } = useLanguage();
  const [found, setFound] = useState<QuickReply[]>([]);
  const [chosen, setChosen] = useState(0);
  useEffect(() => {
    setChosen(0);
    if (typed === undefined) return;
    let current = true;
    findQuickReplies(account, typed, language)
      .then((items) => current && setFound(items))
      .catch(() => current && setFound([]));
    return () => {
      current = false;
    };
  }, [account, typed, language]);
  return { found: typed === undefined ? [] : found, chosen, setChosen };
}

type QuickReplyListProps = { found: QuickReply[]; chosen: number; onPick: (reply: QuickReply) => void };

export function QuickReplyList({ found, chosen, onPick }: QuickReplyListProps) {
  const { t } = useLanguage();
  return (
    <Paper className="quick-replies" withBorder shadow="md" role="listbox" aria-label={t.quickReplies}>
      <Text size="xs" c="dimmed" fw={600} px="sm" pt="xs" pb={4}>
        {t.quickReplies}
      </Text>
      {found.length === 0 && (
        <Text size="sm" c="dimmed" px="sm" pb="xs">
          {t.noQuickReply}
        </Text>
      )}
      {found.map((reply, index) => (
        <div
          key={reply.id}
          role="option"
          tabIndex={-1}
          aria-selected={index === chosen}
          className="quick-reply"
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(reply);
          }}
        >
          <Text size="sm" fw={600}>
            {reply.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {reply.text}
          </Text>
        </div>
      ))}
    </Paper>
  );
}

/** The text from a `*` at the start of a word up to the caret, if the caret stands behind one in the same line. */
export function typedAfterAsterisk(): string | undefined {
  const selection = window.getSelection();
  const node = selection?.anchorNode;
  if (!selection?.isCollapsed || node?.nodeType !== Node.TEXT_NODE) return undefined;
  const before = (node.textContent ?? '').slice(0, selection.anchorOffset);
  return /(?:^|\s)\*([^*\n]*)$/.exec(before)?.[1]?.replaceAll('\u00a0', ' ');
}

/** Puts the text in the place of the `*` and the words typed after it. */
export function replaceTyped(typed: string, text: string): void {
  const selection = window.getSelection();
  const node = selection?.anchorNode;
  if (!selection || !node) return;
  const end = selection.anchorOffset;
  selection.setBaseAndExtent(node, Math.max(0, end - typed.length - 1), node, end);
  document.execCommand('insertText', false, text);
}
