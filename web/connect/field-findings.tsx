import { Group, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFindingWords } from '../connections/finding-words.ts';
import { type Grade, Verdict } from '../connections/verdict.tsx';
import { BusyButton } from '../layout/busy-button.tsx';
import { Failure } from '../layout/page.tsx';
import type { CheckOutcome, LiveCheck } from './use-credential-check.ts';

type Finding = CheckOutcome['findings'][number];

export const gradeOf = ({ ok, isWarning }: Finding): Grade => (isWarning ? 'warning' : ok ? 'ok' : 'fault');

/** What the live check says of a field; `refused` is what the API said when it was sent. */
export function FieldFindings({
  check,
  field,
  refused,
}: {
  check: LiveCheck;
  field: string;
  refused?: string | undefined;
}) {
  const wordsOf = useFindingWords();
  const findings = check.outcome?.findings.filter((finding) => finding.field === field) ?? [];
  return (
    <Stack gap={4} aria-live="polite">
      {refused !== undefined && findings.length === 0 && <Verdict grade="fault">{refused}</Verdict>}
      {findings.map((finding) => (
        <Verdict key={finding.code} grade={gradeOf(finding)} remedy={wordsOf(finding).remedy}>
          {wordsOf(finding).message}
        </Verdict>
      ))}
    </Stack>
  );
}

/** Findings about nothing that has a field of its own here. */
export function OtherFindings({ check, shown }: { check: LiveCheck; shown: readonly string[] }) {
  const { t } = useTranslation('connect');
  const wordsOf = useFindingWords();
  const others = check.outcome?.findings.filter(({ field }) => !shown.includes(field)) ?? [];
  if (others.length === 0) return null;
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        {t('otherFindings')}
      </Text>
      {others.map((finding) => (
        <Verdict key={`${finding.field} ${finding.code}`} grade={gradeOf(finding)} remedy={wordsOf(finding).remedy}>
          {wordsOf(finding).message}
        </Verdict>
      ))}
    </Stack>
  );
}

/**
 * Whether the check is under way, or is to be made again: what is wrong may be mended outside of this page. Whoever has
 * had it made again still has the button under their fingers, whatever was found.
 */
export function CheckProgress({ check }: { check: LiveCheck }) {
  const { t } = useTranslation('connect');
  const isFailed = check.error !== undefined;
  return (
    <Stack gap="xs" align="flex-start">
      <div role="status">
        {check.isChecking && (
          <Group gap="xs">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{t('checkingLive')}</Text>
          </Group>
        )}
        {check.isUnknown && <Text size="sm">{t('checkUnknown')}</Text>}
      </div>
      {isFailed && <Failure error={check.error} isReading />}
      {(check.isAskedAgain || check.isUnknown || hasFault(check) || isFailed) && (
        <BusyButton size="compact-sm" variant="default" loading={check.isChecking} onClick={check.again}>
          {t('checkAgain')}
        </BusyButton>
      )}
    </Stack>
  );
}

export const hasFault = (check: LiveCheck): boolean =>
  check.outcome?.findings.some((finding) => gradeOf(finding) === 'fault') === true;
