import { useTranslation } from 'react-i18next';

const SHORT: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };
const FULL: Intl.DateTimeFormatOptions = { dateStyle: 'full', timeStyle: 'long' };

/** A moment in the reader's language and zone; its seconds and zone are in the title. */
export function Moment({ at }: { at: string }) {
  const { i18n } = useTranslation();
  const date = new Date(at);
  return (
    <time dateTime={at} title={new Intl.DateTimeFormat(i18n.language, FULL).format(date)}>
      {new Intl.DateTimeFormat(i18n.language, SHORT).format(date)}
    </time>
  );
}

/** The same as words, for sentences. */
export function useMomentWords(): (at: string) => string {
  const { i18n } = useTranslation();
  return (at) => new Intl.DateTimeFormat(i18n.language, SHORT).format(new Date(at));
}

const UNITS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;

/** How long something has lasted, in whole ones of the largest unit. */
export function useDurationWords(): (seconds: number) => string {
  const { i18n } = useTranslation();
  return (lasted) => {
    const { unit, seconds } = UNITS.find((one) => lasted >= one.seconds) ?? { unit: 'second', seconds: 1 };
    const words = new Intl.NumberFormat(i18n.language, { style: 'unit', unit, unitDisplay: 'long' });
    return words.format(Math.floor(lasted / seconds));
  };
}
