import { Alert, Button, Group, Loader, Modal, Select, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useEffect, useState } from 'react';
import { useAct } from '../acting.tsx';
import { type PressedOn, pressButton, thaw } from '../control/planfix-calls.ts';
import type { Account, CardButton, Press, Question } from '../control/world.ts';
import { SendIcon, WarningIcon } from '../icons.tsx';
import { useLanguage, useTexts } from '../texts/language.tsx';
import { shortTime } from '../times.ts';

type CardButtonsProps = { account: Account; on: PressedOn; author: string };

const placeOf = (on: PressedOn): CardButton['place'] => ('task' in on ? 'task' : 'contact');

/** The buttons of a card. One that asks for something opens a form first. */
export function CardButtons({ account, on, author }: CardButtonsProps) {
  const t = useTexts();
  const act = useAct();
  const [asking, setAsking] = useState<CardButton>();
  const buttons = account.buttons.filter(({ place }) => place === placeOf(on));
  const press = (button: CardButton, answers: Record<string, string>) =>
    act(() => pressButton(account.account, button.id, { ...on, by: author, answers }));
  if (buttons.length === 0) return null;
  return (
    <Group gap={8} role="group" aria-label={t.cardButtons}>
      {buttons.map((button) => (
        <Button
          key={button.id}
          size="xs"
          variant="light"
          leftSection={<SendIcon size={14} />}
          onClick={() => (button.questions.length === 0 ? void press(button, {}) : setAsking(button))}
        >
          {button.name}
        </Button>
      ))}
      <Modal
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={asking?.name}
        centered
        closeButtonProps={{ 'aria-label': t.close }}
      >
        {asking !== undefined && (
          <PressForm
            button={asking}
            onClose={() => setAsking(undefined)}
            onPress={async (answers) => {
              if (await press(asking, answers)) setAsking(undefined);
            }}
          />
        )}
      </Modal>
    </Group>
  );
}

type Answers = Record<string, string>;
type PressFormProps = { button: CardButton; onPress: (answers: Answers) => Promise<void>; onClose: () => void };

function PressForm({ button: { questions }, onPress, onClose }: PressFormProps) {
  const t = useTexts();
  const [answers, setAnswers] = useState<Answers>(() =>
    Object.fromEntries(questions.map(({ name, value }) => [name, value])),
  );
  const isComplete = questions.every(({ name, required }) => !required || answers[name]?.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) void onPress(answers);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {questions.map((question) => (
          <QuestionField
            key={question.name}
            question={question}
            value={answers[question.name] ?? ''}
            onChange={(value) => setAnswers((known) => ({ ...known, [question.name]: value }))}
          />
        ))}
        <Text size="xs" c="dimmed">
          {t.pressHint}
        </Text>
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" disabled={!isComplete}>
            {t.press}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type QuestionFieldProps = { question: Question; value: string; onChange: (value: string) => void };

function QuestionField({ question: { label, choices, required }, value, onChange }: QuestionFieldProps) {
  if (choices.length > 0) {
    return (
      <Select
        label={label}
        required={required}
        data={[...new Set(choices)]}
        value={value === '' ? null : value}
        onChange={(next) => onChange(next ?? '')}
      />
    );
  }
  return (
    <Textarea
      label={label}
      required={required}
      autosize
      maxRows={6}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Nobody tells when a freeze ends by itself. */
function useIsOver(leftMs: number): boolean {
  const [isOver, setIsOver] = useState(leftMs <= 0);
  useEffect(() => {
    setIsOver(leftMs <= 0);
    if (leftMs <= 0) return;
    const timer = window.setTimeout(() => setIsOver(true), leftMs);
    return () => window.clearTimeout(timer);
  }, [leftMs]);
  return isOver;
}

/** Said while a failed request keeps back all others of the account. */
export function FreezeNote({ account, nowMs }: { account: Account; nowMs: number }) {
  const { t, language } = useLanguage();
  const act = useAct();
  const isOver = useIsOver(account.frozenUntilMs - nowMs);
  if (isOver) return null;
  return (
    <Alert className="freeze-note" color="orange" icon={<WarningIcon size={18} />} role="status" py={6}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{t.frozen(shortTime(account.frozenUntilMs, nowMs, language))}</Text>
        <Button size="compact-xs" variant="default" flex="none" onClick={() => void act(() => thaw(account.account))}>
          {t.thaw}
        </Button>
      </Group>
    </Alert>
  );
}

const lastAnswered = (presses: Press[]): number => presses.findLastIndex(({ state }) => state === 'delivered');

/** The newest requests of a card's buttons; without `answers` only what has happened since one was answered. */
export function Presses({ presses, answers, nowMs }: { presses: Press[]; answers: boolean; nowMs: number }) {
  const shown = (answers ? presses : presses.slice(lastAnswered(presses) + 1)).slice(-3);
  if (shown.length === 0) return null;
  return (
    <ul className="presses">
      {shown.map((press) => (
        <PressLine key={press.id} press={press} nowMs={nowMs} />
      ))}
    </ul>
  );
}

function PressLine({ press, nowMs }: { press: Press; nowMs: number }) {
  const { t, language } = useLanguage();
  const { state, name, status, answer, atMs } = press;
  return (
    <li data-state={state}>
      {state === 'waiting' && <Loader size={12} />}
      <Text size="xs" c="dimmed" className="nowrap">
        {shortTime(atMs, nowMs, language)}
      </Text>
      <Text size="xs" fw={600} className="nowrap">
        {name}
      </Text>
      <Text size="xs" className="press-answer">
        {state === 'delivered' ? answer : t.pressStates[state](status)}
      </Text>
    </li>
  );
}
