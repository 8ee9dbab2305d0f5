import { ActionIcon, Group, Text, Textarea } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useAct } from '../acting.tsx';
import { openChat, writeAsCustomer } from '../control/client.ts';
import type { BusinessNumber, Chat, ChatMessage, Customer } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { ChatIcon, SendIcon } from '../icons.tsx';
import { type Language, useLanguage, useTexts } from '../texts/language.tsx';
import { dayOf } from '../times.ts';
import { Bubble } from './bubble.tsx';
import { PhoneHead } from './phone-head.tsx';

type ChatViewProps = {
  number: BusinessNumber;
  numbers: BusinessNumber[];
  onNumber: (phoneNumberId: string) => void;
  customer: Customer;
  chat: Chat | undefined;
  nowMs: number;
};

/** The screen of the customer's phone: their chat with one business number. */
export function ChatView({ number, numbers, onNumber, customer, chat, nowMs }: ChatViewProps) {
  const { t, language } = useLanguage();
  const act = useAct();
  const messages = chat?.messages ?? [];
  const read = () => void act(() => openChat(customer.userId, number.phoneNumberId));
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when a message comes
  useEffect(() => end.current?.scrollIntoView({ block: 'end' }), [messages.length]);
  return (
    <section className="phone" aria-label={number.verifiedName}>
      <PhoneHead number={number} numbers={numbers} onNumber={onNumber} onRead={read} />
      <WindowLine chat={chat} nowMs={nowMs} />
      <div className="wallpaper">
        {messages.length === 0 ? (
          <EmptyState icon={<ChatIcon size={28} />} title={t.emptyChatTitle} hint={t.emptyChatHint} />
        ) : (
          <ol className="bubbles" aria-live="polite">
            {byDay(messages, nowMs, language, t.today).map(({ day, items }) => (
              <li key={day}>
                <span className="day">{day}</span>
                <ol className="bubbles">
                  {items.map((message) => (
                    <Bubble key={message.id} message={message} />
                  ))}
                </ol>
              </li>
            ))}
          </ol>
        )}
        <div ref={end} className="scroll-end" />
      </div>
      <Composer number={number} customer={customer} />
    </section>
  );
}

function byDay(messages: ChatMessage[], nowMs: number, language: Language, today: string) {
  const days = Map.groupBy(messages, (message) => dayOf(message.atMs, nowMs, language, today));
  return [...days].map(([day, items]) => ({ day, items }));
}

/** How long free-form replies still reach the customer. */
function WindowLine({ chat, nowMs }: { chat: Chat | undefined; nowMs: number }) {
  const t = useTexts();
  if (chat === undefined || chat.messages.length === 0) return null;
  const leftMs = (chat.windowEndsMs ?? 0) - nowMs;
  const isOpen = leftMs > 0;
  const minutes = Math.floor(leftMs / 60_000);
  const closed = chat.windowEndsMs === undefined ? t.windowNever : t.windowClosed;
  return (
    <Text className="window-line" data-open={isOpen || undefined} size="xs" ta="center" truncate>
      {isOpen ? t.windowOpen(t.hoursLeft(Math.floor(minutes / 60), minutes % 60)) : closed}
    </Text>
  );
}

function Composer({ number, customer }: { number: BusinessNumber; customer: Customer }) {
  const t = useTexts();
  const act = useAct();
  const [text, setText] = useState('');
  const send = async () => {
    const wanted = text.trim();
    if (wanted === '') return;
    setText('');
    const done = await act(() =>
      writeAsCustomer({ phoneNumberId: number.phoneNumberId, from: customer.userId, text: wanted }),
    );
    if (!done) setText((typedSince) => typedSince || wanted);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    void send();
  };
  return (
    <Group className="composer" gap={8} wrap="nowrap" align="flex-end">
      <Textarea
        flex={1}
        autosize
        minRows={1}
        maxRows={5}
        radius="xl"
        aria-label={t.customerMessage}
        placeholder={t.customerMessagePlaceholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ActionIcon
        size={38}
        radius="xl"
        variant="filled"
        aria-label={t.sendAsCustomer}
        disabled={text.trim() === ''}
        onClick={() => void send()}
      >
        <SendIcon />
      </ActionIcon>
    </Group>
  );
}
