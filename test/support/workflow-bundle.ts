import { DefaultLogger } from '@temporalio/worker';
import { buildWorkflowBundle } from '../../worker/workflow-bundle.ts';

/** The product's own workflow bundle, built once for all test files. */
export const testWorkflowBundle = async () => ({ codePath: await buildWorkflowBundle(new DefaultLogger('WARN')) });
