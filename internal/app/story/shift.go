package story

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"math"
	"time"

	"xiucheng/internal/casework/engine"
	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/duties/shift"
	"xiucheng/internal/platform/id"
)

// shifts tells one handover that was taken over and one that waits.
func (s *story) shifts(ctx context.Context) error {
	done, err := s.handOver(ctx, "supervision", "shouli1", 75*time.Minute, procedure.Input{
		"summary": "本班受理平稳，热线转来的案件已全部登记。", "attention": "泰祥街井盖案件已先行消险，请盯住复位。", "goods": "对讲机 2 部、值班手机 1 部、机房钥匙 1 把，均完好。"})
	if err != nil {
		return err
	}
	if err := s.sign(ctx, done, "sign_in", "shouli2", procedure.Input{"remarks": "清单已核对，物品齐全。", "seen": true}); err != nil {
		return err
	}
	_, err = s.handOver(ctx, "command", "paiqian1", 8*time.Minute, procedure.Input{
		"summary": "派遣 1 件退回待裁定，其余按时派出。", "attention": "下午有阵雨，排水类案件请优先派遣。", "goods": "值班手机 1 部。"})
	return err
}

// handOver signs a desk out some time before now.
func (s *story) handOver(ctx context.Context, desk, login string, ago time.Duration, in procedure.Input) (id.ID, error) {
	who, err := s.actor(login)
	if err != nil {
		return id.ID{}, err
	}
	s.clk.Set(s.now.Add(-ago - 5*time.Minute))
	res, err := s.engine.Open(ctx, engine.Opening{Procedure: shift.Procedure, Division: s.division.ID, Step: "open", Actor: who,
		Input: procedure.Input{"desk": desk}, Party: &engine.NewParty{NoReceipt: true}})
	if err != nil {
		return id.ID{}, err
	}
	in["looked"] = true
	return res.Case, s.sign(ctx, res.Case, "sign_out", login, in)
}

func (s *story) sign(ctx context.Context, caseID id.ID, step, login string, in procedure.Input) error {
	who, err := s.actor(login)
	if err != nil {
		return err
	}
	s.clk.Set(s.clk.Now().Add(5 * time.Minute))
	ink, err := Scribble(login)
	if err != nil {
		return err
	}
	_, err = s.engine.Act(ctx, engine.Act{Case: caseID, Step: step, Actor: who, Input: in, Files: []engine.Upload{
		{Field: "signature", Name: "signature.png", Mime: "image/png", Body: bytes.NewReader(ink), Taken: s.clk.Now(), Sign: true}}})
	return err
}

// Scribble is a made-up signature: a running line that no person wrote, another
// one for every name.
func Scribble(name string) ([]byte, error) {
	img := image.NewPaletted(image.Rect(0, 0, 640, 200), color.Palette{color.White, color.RGBA{16, 36, 62, 255}})
	phase := 0.0
	for _, r := range name {
		phase += float64(r)
	}
	for t := 0.0; t < 1; t += 0.0004 {
		x := 90 + 440*t + 26*math.Sin(31*t+phase)
		y := 100 - 46*math.Sin(19*t+phase)*math.Cos(5*t) - 18*math.Cos(47*t+phase)
		for dx := -2; dx <= 2; dx++ {
			for dy := -2; dy <= 2; dy++ {
				img.SetColorIndex(int(x)+dx, int(y)+dy, 1)
			}
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, img)
	return b.Bytes(), err
}
