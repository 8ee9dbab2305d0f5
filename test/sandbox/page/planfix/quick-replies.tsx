import { Paper, Text } from '@mantine/core';
import type { QuickReply } from '../control/world.ts';
import { useLanguage } from '../texts/language.tsx';

type QuickReplyListProps = { found: QuickReply[] | undefined; chosen: number; onPick: (reply: QuickReply) => void };

export function QuickReplyList({ found, chosen, onPick }: QuickReplyListProps) {
  const { t } = useLanguage();
  return (
    <Paper className="quick-replies" withBorder shadow="md" role="listbox" aria-label={t.quickReplies}>
      <Text size="xs" c="dimmed" fw={600} px="sm" pt="xs" pb={4}>
        {t.quickReplies}
      </Text>
      {found?.length === 0 && (
        <Text size="sm" c="dimmed" px="sm" pb="xs">
          {t.noQuickReply}
        </Text>
      )}
      {found?.map((reply, index) => (
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
