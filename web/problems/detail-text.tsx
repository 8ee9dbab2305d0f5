import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { inRussian, type ProblemDetail } from './problem-detail.ts';

/** What exactly a problem says, in the reader's language as far as there are words for it. */
export function DetailText({ problem }: { problem: ProblemDetail }) {
  const { i18n } = useTranslation();
  const detail = i18n.language === 'ru' ? inRussian(problem) : problem.detail;
  if (detail === null) return null;
  return (
    <Text size="sm" style={{ whiteSpace: 'pre-line' }}>
      {detail}
    </Text>
  );
}
