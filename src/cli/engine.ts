import type { Card, FetchRequest, FetchSummary } from '../contract/catalogue.ts';
import type { ImageDescription } from '../contract/image-description.ts';
import type {
  DemoRequest,
  DistillRequest,
  EvaluateRequest,
  PredictRequest,
  SampleRequest,
  SampleSummary,
  TeacherOverrides,
} from '../contract/jobs.ts';
import type {
  DemoSummary,
  DistillSummary,
  EvaluateSummary,
  PredictSummary,
} from '../contract/results.ts';
import type { DeviceDescription, TeacherDescription } from '../contract/descriptions.ts';
import type { LabelExportReport, LabelExportRequest } from '../contract/label-export.ts';
import type { LocateReport } from '../contract/app.ts';
import type { ImportRequest, ImportSummary, LocateRequest } from '../contract/import-job.ts';
import type {
  TeacherImportRequest,
  TeacherImportSummary,
  TeacherList,
} from '../contract/teacher-job.ts';
import type { JobContext } from '../engine/job.ts';

/** Functions of the engine that the command line calls; tests replace them. */
export interface Engine {
  distill(request: DistillRequest, context: JobContext): Promise<DistillSummary>;
  evaluateModel(request: EvaluateRequest, context: JobContext): Promise<EvaluateSummary>;
  predict(request: PredictRequest, context: JobContext): Promise<PredictSummary>;
  demo(request: DemoRequest, context: JobContext): Promise<DemoSummary>;
  writeSample(request: SampleRequest, context: JobContext): Promise<SampleSummary>;
  inspectTeacher(file: string, overrides: TeacherOverrides): Promise<TeacherDescription>;
  importTeacher(request: TeacherImportRequest, context: JobContext): Promise<TeacherImportSummary>;
  listTeachers(workspace: string): Promise<TeacherList>;
  inspectImage(file: string, context: JobContext): Promise<ImageDescription>;
  exportLabels(request: LabelExportRequest, context: JobContext): Promise<LabelExportReport>;
  importFolder(request: ImportRequest, context: JobContext): Promise<ImportSummary>;
  locateImages(request: LocateRequest, context: JobContext): Promise<LocateReport>;
  listDevices(threads?: number): Promise<DeviceDescription[]>;
  listCards(): Promise<readonly Card[]>;
  fetchTeacher(request: FetchRequest, context: JobContext): Promise<FetchSummary>;
}

/** The real engine. Each part is loaded at its first use, so that `--help` prints at once. */
export const engine: Engine = {
  distill: async (request, context) =>
    (await import('../engine/jobs/distill.ts')).distill(request, context),
  evaluateModel: async (request, context) =>
    (await import('../engine/jobs/evaluate.ts')).evaluateModel(request, context),
  predict: async (request, context) =>
    (await import('../engine/jobs/predict.ts')).predict(request, context),
  demo: async (request, context) => (await import('../engine/jobs/demo.ts')).demo(request, context),
  writeSample: async (request, context) =>
    (await import('../engine/images/sample.ts')).writeSample(request, context),
  inspectTeacher: async (file, overrides) =>
    (await import('../engine/teachers/teacher.ts')).inspectTeacher(file, overrides),
  importTeacher: async (request, context) =>
    (await import('../engine/jobs/import-teacher.ts')).importTeacher(request, context),
  listTeachers: async (workspace) =>
    (await import('../engine/jobs/import-teacher.ts')).listTeachers(workspace),
  inspectImage: async (file, context) =>
    (await import('../engine/jobs/inspect-image.ts')).inspectImage(file, context),
  exportLabels: async (request, context) =>
    (await import('../engine/jobs/export-from-workspace.ts')).exportFromWorkspace(request, context),
  importFolder: async (request, context) =>
    (await import('../engine/jobs/import-folder.ts')).importFolder(request, context),
  locateImages: async (request, context) =>
    (await import('../engine/jobs/locate-images.ts')).locateImages(request, context),
  listDevices: async (threads) =>
    (await import('../engine/device-choice/list-devices.ts')).listDevices(threads),
  listCards: async () => (await import('../engine/catalogue/cards.ts')).cards,
  fetchTeacher: async (request, context) =>
    (await import('../engine/jobs/fetch-teacher.ts')).fetchTeacher(request, context),
};
