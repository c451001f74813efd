#include "app/program.h"

int main(int argc, char** argv) { return mailprobe::app::program(argc, argv); }
