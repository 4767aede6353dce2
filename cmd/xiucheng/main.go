// Command xiucheng is 绣城: a district's city management in one program.
package main

import (
	"os"

	"xiucheng/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
