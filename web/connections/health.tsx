import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMomentWords } from '../layout/times.tsx';
import { CheckVerdict } from './check-verdict.tsx';
import { useHealthWords } from './finding-words.ts';
import type { Connection } from './state-badge.tsx';
import { type Grade, Verdict } from './verdict.tsx';

type Finding = Connection['health'][number];

/** A warning lets the connection work, and so counts as in order. */
const gradeOf = ({ ok, isWarning }: Finding): Grade => (isWarning ? 'warning' : ok ? 'ok' : 'fault');
const RANK: Readonly<Record<Grade, number>> = { fault: 0, warning: 1, ok: 2 };

/** Checks that fail for the same reason as one of the self-check. */
const SAME_AS: Readonly<Record<string, string>> = { credentials: 'token', 'planfix-credentials': 'planfix' };

/** What the self-check and the last live check found; faults first. */
export function Health({ connection: { health, checks } }: { connection: Connection }) {
  const { t } = useTranslation('connections');
  const moment = useMomentWords();
  const wordsOf = useHealthWords();
  const known = new Set(health.map(({ name }) => name));
  // What the live check found to be in order the self-check says in its own words.
  const faulty = new Set(health.flatMap(({ name, ok }) => (ok ? [] : [name])));
  const isSaid = (name: string) => known.has(name) || faulty.has(SAME_AS[name] ?? name);
  const others = checks.filter(({ name, ok }) => !isSaid(name) && (!ok || health.length === 0));
  if (health.length + others.length === 0) return <Text c="dimmed">{t('healthNone')}</Text>;
  const sorted = [...health].sort((one, other) => RANK[gradeOf(one)] - RANK[gradeOf(other)]);
  return (
    <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
      {sorted.map((finding) => (
        <li key={finding.name}>
          <Verdict
            grade={gradeOf(finding)}
            remedy={wordsOf(finding).remedy}
            note={
              finding.ok ? t('checkedAt', { at: moment(finding.checkedAt) }) : t('since', { at: moment(finding.since) })
            }
          >
            {wordsOf(finding).message}
          </Verdict>
        </li>
      ))}
      {others.map((check) => (
        <li key={`${check.name} ${check.message}`}>
          <CheckVerdict check={check} />
        </li>
      ))}
    </Stack>
  );
}
