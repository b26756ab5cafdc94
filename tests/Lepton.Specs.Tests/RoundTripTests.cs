using CsCheck;

namespace Lepton.Specs.Tests;

/// <summary>Writing a document and reading it again gives the same document, in both forms.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Any_document_comes_back_from_yaml_and_json()
    {
        Gen.OneOf<JobDocument>(Documents.Single, Documents.Job).Sample(
            document =>
            {
                var yaml = Texts.Document(SpecText.ToYaml(document));
                var json = Texts.Document(SpecText.ToJson(document));
                return document.Equals(yaml) && document.Equals(json);
            },
            iter: 1_000,
            print: SpecText.ToYaml);
    }

    [Fact]
    public void The_source_of_an_accepted_spec_submits_again_and_is_canonical()
    {
        Gen.OneOf<JobDocument>(Documents.Single, Documents.Job).Sample(
            document =>
            {
                var spec = Texts.Accepted(SpecText.ToJson(document));
                var again = Texts.Accepted(spec.Source);
                return spec.Source == again.Source && spec.TaskCount == again.TaskCount;
            },
            iter: 300,
            print: SpecText.ToYaml);
    }

    [Fact]
    public void A_written_spec_reads_well()
    {
        var text = Texts.Job(
            """
            - name: train
              split: {of: pods, by: INPUTS}
              grid: {trees: [50, 200], kind: ["a b", true]}
              run: {command: [dotnet, "${input}", 5, ""], env: {B: "x: y", A: no}}
              resources: {cpus: 500m, memory: 0.5GiB}
              timeLimit: 90m
            - {name: pick, run: {handler: noop}, dependsOn: [train]}
            """,
            "inputs: {pods: ['file:///a']}\nstartAfter: 2026-11-23T21:00:00+01:00");
        Assert.Equal(
            """
            apiVersion: lepton.dev/v1
            kind: Job
            name: j
            inputs:
              pods:
                - uri: "file:///a"
            startAfter: "2026-11-23T20:00:00Z"
            tasks:
              - name: train
                split:
                  by: inputs
                  of: pods
                grid:
                  trees: [50, 200]
                  kind: ["a b", "true"]
                run:
                  command: [dotnet, "${input}", 5, ""]
                  env:
                    A: "no"
                    B: "x: y"
                resources:
                  cpus: 0.5
                  memory: 512MiB
                timeLimit: 1h30m
              - name: pick
                dependsOn: [train]
                run:
                  handler: noop

            """,
            Texts.Accepted(text).Source);
    }
}
