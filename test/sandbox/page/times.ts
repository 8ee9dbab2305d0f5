import type { Language } from './texts/language.tsx';

const sameDay = (oneMs: number, otherMs: number) => new Date(oneMs).toDateString() === new Date(otherMs).toDateString();

/** "14:05", with the date in front when it is not the clock's own day. */
export function shortTime(atMs: number, nowMs: number, language: Language): string {
  const time = new Date(atMs).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit', hour12: false });
  if (sameDay(atMs, nowMs)) return time;
  return `${new Date(atMs).toLocaleDateString(language, { day: 'numeric', month: 'short' })}, ${time}`;
}

export function fullTime(atMs: number, language: Language): string {
  return new Date(atMs).toLocaleString(language, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
}

export function dayOf(atMs: number, nowMs: number, language: Language, today: string): string {
  if (sameDay(atMs, nowMs)) return today;
  return new Date(atMs).toLocaleDateString(language, { weekday: 'long', day: 'numeric', month: 'long' });
}
