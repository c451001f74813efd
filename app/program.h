// The program: command line, console, log, and the command that is asked for.
#pragma once

namespace mailprobe::app {

int program(int argc, char** argv);

}  // namespace mailprobe::app
