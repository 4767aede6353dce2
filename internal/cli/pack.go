package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"xiucheng/internal/app"
	"xiucheng/internal/ground/pack"
	"xiucheng/internal/platform/clock"
	"xiucheng/internal/platform/i18n"
	"xiucheng/packs"
)

// embedded names a pack that ships inside the program: embedded:weifang-ez.
const embedded = "embedded:"

func packCommand() *cobra.Command {
	c := &cobra.Command{Use: "pack", Short: "Check, compare or apply a jurisdiction pack"}
	c.AddCommand(
		&cobra.Command{Use: "check DIR", Short: "Name everything wrong in a pack, with file and line", Args: exactly(1), RunE: packCheck},
		&cobra.Command{Use: "diff DIR", Short: "Show what applying would change", Args: exactly(1), RunE: packDiff},
		workbookCommand(),
		&cobra.Command{Use: "apply DIR", Short: "Make the division what the pack says; local changes stay", Args: exactly(1), RunE: packApply},
	)
	return c
}

func workbookCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "import FILE.xlsx", Short: "Take people, posts and grids from a workbook, all or nothing", Args: exactly(1), RunE: packImport,
	}
	divisionFlag(c)
	return c
}

func packImport(cmd *cobra.Command, args []string) (err error) {
	f, err := os.Open(args[0])
	if err != nil {
		return errors.Join(errUsage, err)
	}
	defer f.Close()
	wb, problems := pack.ReadWorkbook(f)
	if len(problems) > 0 {
		return refuse(cmd, problems)
	}
	return withApp(cmd, func(a *app.App) error {
		problems, err := a.ImportWorkbook(cmd.Context(), division(cmd), wb)
		if len(problems) > 0 {
			return refuse(cmd, problems)
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%d rows imported\n", len(wb.Rows)+len(wb.Grids))
		return nil
	})
}

// refuse prints all problems in the language of the terminal.
func refuse(cmd *cobra.Command, problems pack.Problems) error {
	words, err := i18n.Load(app.Words()...)
	if err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(cmd.ErrOrStderr(), p.Text(words, language()))
	}
	return fmt.Errorf("%d problems; nothing was applied", len(problems))
}

// exactly is cobra.ExactArgs with the exit status of a wrong call.
func exactly(n int) cobra.PositionalArgs { return between(n, n) }

func between(least, most int) cobra.PositionalArgs {
	want := cobra.RangeArgs(least, most)
	if least == most {
		want = cobra.ExactArgs(least)
	}
	return func(cmd *cobra.Command, args []string) error {
		if err := want(cmd, args); err != nil {
			return errors.Join(errUsage, fmt.Errorf("%s: %w", cmd.UseLine(), err))
		}
		return nil
	}
}

// readPack checks the pack of the argument and prints all problems.
func readPack(cmd *cobra.Command, arg string) ([]*pack.Pack, error) {
	dir, err := packDir(arg)
	if err != nil {
		return nil, errors.Join(errUsage, err)
	}
	list, problems := app.CheckPack(dir)
	if len(problems) > 0 {
		return nil, refuse(cmd, problems)
	}
	return list, nil
}

func packDir(arg string) (fs.FS, error) {
	if name, ok := strings.CutPrefix(arg, embedded); ok {
		return packs.FS(name)
	}
	if st, err := os.Stat(arg); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("%s is not a folder; packs inside the program are named %s%s", arg, embedded, strings.Join(packs.IDs(), ", "+embedded))
	}
	return os.DirFS(arg), nil
}

// language of the terminal: Chinese where the environment says so.
func language() i18n.Lang {
	for _, v := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if s := os.Getenv(v); s != "" {
			if strings.HasPrefix(s, "zh") {
				return i18n.ZH
			}
			return i18n.EN
		}
	}
	return i18n.EN
}

func packCheck(cmd *cobra.Command, args []string) error {
	list, err := readPack(cmd, args[0])
	if err != nil {
		return err
	}
	for _, p := range list {
		fmt.Fprintf(cmd.OutOrStdout(), "%s %s: %d rows, %d procedures, %d map layers, nothing wrong\n", p.ID, p.Version, len(p.Rows), len(p.Procedures), len(p.Layers))
	}
	return nil
}

// withApp opens the data of the configuration for one command.
func withApp(cmd *cobra.Command, do func(*app.App) error) (err error) {
	cfg, _, err := load(cmd)
	if err != nil {
		return err
	}
	a, err := app.New(cmd.Context(), cfg, clock.System(), logger(cfg, cmd.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return do(a)
}

func packDiff(cmd *cobra.Command, args []string) error {
	list, err := readPack(cmd, args[0])
	if err != nil {
		return err
	}
	return withApp(cmd, func(a *app.App) error {
		diff, err := a.DiffPack(cmd.Context(), list)
		if err != nil {
			return err
		}
		printDifferences(cmd.OutOrStdout(), diff)
		fmt.Fprintf(cmd.OutOrStdout(), "%d differences\n", len(diff))
		return nil
	})
}

func printDifferences(w io.Writer, list []pack.Difference) {
	for _, d := range list {
		where := d.File
		if d.Line > 0 {
			where = fmt.Sprintf("%s:%d", d.File, d.Line)
		}
		fmt.Fprintf(w, "%-7s %-12s %-24s %s\n", d.Action, d.Kind, d.Key, where)
		if d.Action == pack.Kept {
			fmt.Fprintf(w, "        changed here by %s on %s, stays\n", d.By, d.At.Format("2006-01-02"))
		}
	}
}

func packApply(cmd *cobra.Command, args []string) error {
	list, err := readPack(cmd, args[0])
	if err != nil {
		return err
	}
	return withApp(cmd, func(a *app.App) error {
		reports, err := a.ApplyPack(cmd.Context(), list)
		if err != nil {
			return err
		}
		for _, r := range reports {
			if r.Changed() {
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s: %d changes\n", r.Pack, r.Version, len(r.Changes))
			} else {
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s: no change\n", r.Pack, r.Version)
			}
		}
		return nil
	})
}
