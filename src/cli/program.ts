import { Command } from 'commander';
import { addDistill } from './commands/distill.ts';
import { addImport } from './commands/import.ts';
import { addDevices, addImage } from './commands/inspect.ts';
import { addLabels } from './commands/labels.ts';
import { addEvaluate, addPredict } from './commands/models.ts';
import { addDemo, addSample } from './commands/samples.ts';
import { addTeacher } from './commands/teacher.ts';
import { stylesFor } from './text-styles.ts';
import { textColumns, type Environment } from './environment.ts';

/** The command line with all its commands; it throws when commander would end the process. */
export function buildProgram(environment: Environment): Command {
  const paint = stylesFor(environment.stdout, environment.env);
  const program = new Command('understudy')
    .description(
      'Turns a large vision transformer, the teacher, into a compact student with a few labelled images. ' +
        'Everything stays on this computer.',
    )
    .usage('<command> [options]')
    .version(environment.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ styleTitle: (title) => paint.strong(title) })
    .configureOutput({
      writeOut: (text) => void environment.stdout.write(text),
      writeErr: (text) => void environment.stderr.write(text),
      // Errors are thrown; `run` writes them.
      outputError: () => undefined,
      getOutHelpWidth: () => textColumns(environment.stdout),
      getErrHelpWidth: () => textColumns(environment.stderr),
      getOutHasColors: () => paint.strong('') !== '',
    })
    .exitOverride()
    .addHelpText('after', `\n${terms}`);
  addDemo(program, environment);
  addTeacher(program, environment);
  addDistill(program, environment);
  addEvaluate(program, environment);
  addPredict(program, environment);
  addSample(program, environment);
  addImage(program, environment);
  addImport(program, environment);
  addLabels(program, environment);
  addDevices(program, environment);
  return program;
}

const terms = `Terms:
  teacher         a large, slow vision transformer, trained on images like yours
  student         the small model that Understudy makes from it, for your classes or regions
  skip factor     keep every r-th block of the teacher: 2 keeps half, 3 a third; smaller and
                  faster, but less accurate
  rank            size of the adapters: small trained matrices that make up for skipped blocks
  views           random crops of an image, some flipped; the option is their number per image
  untrained copy  the kept blocks without training; the student's gain over it is the benefit
                  of distilling

Examples:
  Try it on synthetic images, with the bundled teacher:
    understudy demo

  Inspect a teacher: how large would its students be?
    understudy teacher inspect vit_base.safetensors

  List teachers with their licences, and download one:
    understudy teacher catalogue --domain medical
    understudy teacher fetch dinov2-small --out teachers/

  Inspect an image: values, spacing, orientation, coordinates:
    understudy image inspect brain.nii.gz

  Import a folder into a project; repeated, it imports only new images:
    understudy import scans/ --workspace projects/ --project Lungs

  Export the masks of a project for other tools:
    understudy labels export --workspace projects/ --project Lungs --format png --out masks/

  Distil with half of the blocks, from images in one folder per class:
    understudy distill --teacher vit_base.safetensors --images xray/train --test xray/test \\
      --skip 2 --out xray/student

  Test the student on another hospital's images, then predict new ones:
    understudy evaluate --model xray/student/student.onnx --images other/
    understudy predict --model xray/student/student.onnx --images new/ --out answers/

Exit codes: 0 done, 1 error in the program, 2 wrong input or option, 3 done in part,
130 stopped by Ctrl-C; 143 or 129 if SIGTERM or SIGHUP ended a command that did not respond.`;
