import {
  ActionIcon,
  Button,
  Group,
  SegmentedControl,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useEffect, useState } from 'react';
import { useAct } from '../acting.tsx';
import { advanceClock } from '../control/client.ts';
import type { World } from '../control/world.ts';
import { ClockIcon, MoonIcon, SunIcon } from '../icons.tsx';
import { type Language, useLanguage, useTexts } from '../texts/language.tsx';
import { fullTime } from '../times.ts';
import { Faults } from './faults.tsx';

const hourMs = 3_600_000;

export type View = 'planfix' | 'mailings' | 'templates' | 'business';

type BarProps = {
  world: World | undefined;
  connected: boolean;
  view: View;
  onView: (view: View) => void;
};

export function Bar({ world, connected, view, onView }: BarProps) {
  const t = useTexts();
  return (
    <header className="bar">
      <Group gap={10} wrap="nowrap" title={t.appHint}>
        <Logo />
        <Text component="h1" fw={700} size="sm" className="nowrap">
          {t.appName}
        </Text>
      </Group>
      <SegmentedControl
        size="xs"
        flex="none"
        aria-label={t.views}
        value={view}
        onChange={(value) => onView(value as View)}
        data={[
          { value: 'planfix', label: t.planfix },
          { value: 'mailings', label: t.mailings },
          { value: 'templates', label: t.templates },
          { value: 'business', label: t.business },
        ]}
      />
      <Group gap="md" wrap="nowrap" ml="auto">
        {world !== undefined && <Clock nowMs={world.nowMs} isFrozen={world.isFrozen} />}
        {world !== undefined && <Faults faults={world.faults} />}
        <Connection connected={connected} />
        <LanguageChoice />
        <Appearance />
      </Group>
    </header>
  );
}

function Clock({ nowMs, isFrozen }: { nowMs: number; isFrozen: boolean }) {
  const { t, language } = useLanguage();
  const act = useAct();
  const shownMs = useRunningClock(nowMs, isFrozen);
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label={t.clock}>
      <Tooltip label={t.clockHint} multiline w={280} withArrow>
        <Group gap={6} wrap="nowrap" c="dimmed">
          <ClockIcon size={16} />
          <Text size="sm" className="nowrap tabular" component="time">
            {fullTime(shownMs, language)}
          </Text>
        </Group>
      </Tooltip>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t.advanceHourLabel}
        onClick={() => void act(() => advanceClock(hourMs))}
      >
        {t.advanceHour}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t.advanceDayLabel}
        onClick={() => void act(() => advanceClock(25 * hourMs))}
      >
        {t.advanceDay}
      </Button>
    </Group>
  );
}

/** Goes on from the last time the sandbox told; every new state sets it right. */
function useRunningClock(nowMs: number, isFrozen: boolean): number {
  const [shownMs, setShownMs] = useState(nowMs);
  useEffect(() => {
    const startedAtMs = performance.now();
    setShownMs(nowMs);
    if (isFrozen) return;
    const timer = window.setInterval(() => setShownMs(nowMs + performance.now() - startedAtMs), 1_000);
    return () => window.clearInterval(timer);
  }, [nowMs, isFrozen]);
  return shownMs;
}

function Connection({ connected }: { connected: boolean }) {
  const t = useTexts();
  return (
    <Group gap={6} wrap="nowrap" role="status">
      <span className="live-dot" data-connected={connected || undefined} />
      <Text size="sm" c="dimmed" className="nowrap">
        {connected ? t.live : t.reconnecting}
      </Text>
    </Group>
  );
}

function LanguageChoice() {
  const { t, language, setLanguage } = useLanguage();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t.language}
      value={language}
      onChange={(value) => setLanguage(value as Language)}
      data={[
        { value: 'en', label: 'EN' },
        { value: 'ru', label: 'RU' },
      ]}
    />
  );
}

function Appearance() {
  const t = useTexts();
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? t.lightMode : t.darkMode;
  return (
    <Tooltip label={label} withArrow>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={label}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        {isDark ? <SunIcon /> : <MoonIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

function Logo() {
  return (
    <svg aria-hidden="true" width="28" height="28" viewBox="0 0 32 32">
      <rect width="32" height="32" rx="9" fill="var(--mantine-primary-color-filled)" />
      <path d="M8 11a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3h-6l-5 4v-4a3 3 0 0 1-2-3z" fill="white" />
    </svg>
  );
}
