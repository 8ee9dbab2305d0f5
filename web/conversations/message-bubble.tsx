import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { Moment } from '../layout/times.tsx';

type Message = Schemas['Message'];
const BAD = new Set(['failed', 'refused', 'unknown', 'parked']);

/** One message with what became of it. */
export function MessageBubble({ message }: { message: Message }) {
  const { t } = useTranslation('conversations');
  const isOurs = message.direction !== 'inbound';
  const words = useMessageWords();
  return (
    <Group component="li" justify={isOurs ? 'flex-end' : 'flex-start'} wrap="nowrap">
      <Paper withBorder p="sm" radius="md" maw={640} className={isOurs ? 'bubble-ours' : undefined}>
        <Stack gap={4}>
          <Text size="xs" c="dimmed">
            {t(`from_${message.direction}`)}
            {message.isHistory && ` · ${t('history')}`}
          </Text>
          {message.quoted !== null && (
            <Text size="sm" c="dimmed" className="bubble-quote" lineClamp={2}>
              {words(message.quoted)}
            </Text>
          )}
          <Text style={{ whiteSpace: 'pre-wrap' }}>{words(message)}</Text>
          <Files files={message.files} />
          {message.hold === 'held' && (
            <Text size="xs" c="dimmed">
              {t('held')}
            </Text>
          )}
          <Fate message={message} />
        </Stack>
      </Paper>
    </Group>
  );
}

/** What it says; of one without words, what it is. */
function useMessageWords() {
  const { t } = useTranslation('conversations');
  return ({ text, kind }: { text: string; kind: string }) =>
    text === '' ? `[${t(`kind_${kind}` as 'kind_image', { defaultValue: kind })}]` : text;
}

function Files({ files }: { files: Message['files'] }) {
  const { t } = useTranslation('conversations');
  const why = (reason: string) => t(`fileReason_${reason}` as 'fileReason_expired', { defaultValue: reason });
  return files.map(({ name, mime, state, reason }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: files of a message keep their order
    <Text key={index} size="sm">
      📎 {name ?? mime ?? ''}{' '}
      {state !== 'moved' && `(${t(`file_${state}`)}${reason === null ? '' : `: ${why(reason)}`})`}
    </Text>
  ));
}

function Fate({ message }: { message: Message }) {
  const { t } = useTranslation('conversations');
  const isBad = BAD.has(message.state);
  return (
    <Group gap="xs" justify="space-between">
      <Text size="xs" c="dimmed">
        <Moment at={message.channelAt ?? message.sentAt ?? message.receivedAt} />
      </Text>
      <Badge size="sm" variant={isBad ? 'filled' : 'light'} color={isBad ? 'red' : 'gray'} tt="none">
        {t(`state_${message.state}`)}
      </Badge>
      {isBad && <Why message={message} />}
    </Group>
  );
}

/** What the API has no words for it says in those of the network or of Planfix. */
function Why({ message: { reason, reasonDetail, reasonWords } }: { message: Message }) {
  const words = reasonWords?.sentence ?? reasonDetail ?? reason;
  if (words === null) return null;
  return (
    <Text size="sm" w="100%" component="div">
      <Text inherit c="red">
        {words}
      </Text>
      {reasonWords?.remedy}
    </Text>
  );
}
