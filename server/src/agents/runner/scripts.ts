import type { RoleName } from './roles.ts';
import { scriptOf } from './scripts/course.ts';
import type { Script } from './scripts/course.ts';
import { dataCourse } from './scripts/data.ts';
import { executionCourse } from './scripts/execution.ts';
import { reportCourse } from './scripts/report.ts';
import { researchCourse } from './scripts/research.ts';
import { riskCourse } from './scripts/risk.ts';
import { strategyCourse } from './scripts/strategy.ts';

/** The fixed courses that agents can take without a model, one for every role. What they find they have from the answers of their tools alone. */
export const SCRIPTS: Readonly<Record<RoleName, Script>> = {
  data: scriptOf(dataCourse),
  research: scriptOf(researchCourse),
  strategy: scriptOf(strategyCourse),
  risk: scriptOf(riskCourse),
  execution: scriptOf(executionCourse),
  report: scriptOf(reportCourse),
};
