import { Badge, Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { Moment } from '../layout/times.tsx';

type Message = Schemas['Message'];
const BAD = new Set(['failed', 'refused', 'unknown', 'parked']);

/** One message with what became of it. */
export function MessageBubble({ message, all }: { message: Message; all: readonly Message[] }) {
  const { t } = useTranslation('conversations');
  const isOurs = message.direction !== 'inbound';
  const quoted = all.find(({ channelMessageId }) => channelMessageId === message.quotedChannelMessageId);
  return (
    <Group component="li" justify={isOurs ? 'flex-end' : 'flex-start'} wrap="nowrap">
      <Paper withBorder p="sm" radius="md" maw={640} className={isOurs ? 'bubble-ours' : undefined}>
        <Stack gap={4}>
          <Text size="xs" c="dimmed">
            {t(`from_${message.direction}`)}
            {message.isHistory && ` · ${t('history')}`}
          </Text>
          {message.quotedChannelMessageId !== null && quoted !== undefined && (
            <Text size="sm" c="dimmed" className="bubble-quote" lineClamp={2}>
              {quoted.text === '' ? quoted.kind : quoted.text}
            </Text>
          )}
          <Text style={{ whiteSpace: 'pre-wrap' }}>{message.text === '' ? `[${message.kind}]` : message.text}</Text>
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

function Files({ files }: { files: Message['files'] }) {
  const { t } = useTranslation('conversations');
  return files.map(({ name, mime, state, reason }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: files of a message keep their order
    <Text key={index} size="sm">
      📎 {name ?? mime ?? ''} {state !== 'moved' && `(${t(`file_${state}`)}${reason === null ? '' : `: ${reason}`})`}
    </Text>
  ));
}

function Fate({ message }: { message: Message }) {
  const { t } = useTranslation('conversations');
  const isBad = BAD.has(message.state);
  const why = message.reasonDetail ?? message.reason;
  return (
    <Group gap="xs" justify="space-between">
      <Text size="xs" c="dimmed">
        <Moment at={message.channelAt ?? message.sentAt ?? message.receivedAt} />
      </Text>
      <Badge size="sm" variant={isBad ? 'filled' : 'light'} color={isBad ? 'red' : 'gray'} tt="none">
        {t(`state_${message.state}`)}
      </Badge>
      {isBad && why !== null && (
        <Text size="sm" c="red" w="100%">
          {why}
        </Text>
      )}
    </Group>
  );
}
